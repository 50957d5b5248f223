#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "domain/command.hpp"
#include "engine/kept_answers.hpp"
#include "engine/reader.hpp"

namespace byline {

class CommittedRows;

/// The command is durable: everything up to `position` is on disk and in the views. Where nothing had to
/// change, no event was written and `position` is the tail.
struct Committed {
  Position position;
  Subject subject;  ///< what it was done to
  Version version;  ///< the subject's new one; 0 where no event was written
  /// For Engine::reader_after; there may be none.
  std::shared_ptr<const CommittedRows> rows = {};
};

/// Refused before it was written; or the write failed and is in doubt: whether it happened shows when the
/// disk is read again. Asking again under the same idempotency key is safe.
struct Unavailable {
  std::string_view reason;
  bool in_doubt = false;
  std::optional<View> view = {};  ///< which is being built, or could not be folded
};

/// The answer of an earlier request with the same idempotency key; or this one's own, kept for later ones.
struct Repeated {
  std::string bytes;
};

using Outcome = std::variant<Committed, Rejection, Unavailable, Repeated>;

/// Makes the bytes to keep for a keyed request. Called on the writer's thread before the command is durable,
/// with a reader that sees the rows as they will be then. Never
/// called for Unavailable or Repeated.
using Render = std::function<std::string(const Outcome& outcome, const Reader& reader)>;

/// A command on its way to the writer. What is to be created without an id gets one there, so that ids, times
/// and positions are in one order.
struct Submission {
  Context context;
  Command command;
  std::string correlation;  ///< see LogEntry
  std::optional<KeyedRequest> keyed;
  Render render;  ///< set where `keyed` is
  /// Called exactly once, on the writer's thread, after the outcome is durable: must be quick and not throw.
  std::move_only_function<void(Outcome)> done;
};

}  // namespace byline
