#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "domain/state.hpp"
#include "engine/database.hpp"

namespace byline {

/// The bytes of the cursor's next entry, which must be the one at this position; valid until it moves on.
/// Throws std::runtime_error, which names the position, where it is another one, or there is none.
std::string_view next_at(LogCursor& cursor, Position position);

/// The entry that must stand at this position. Throws std::runtime_error, which names the position, where it
/// is another one, or cannot be read with these keys. `has_opened`: others are known to be opened by the same
/// key-encryption key.
LogEntry decode_at(Position position, std::string_view bytes, const EntryOpener& keys,
                   bool has_opened = false);

enum class Haste : std::uint8_t {
  is_waited_for,  ///< two more threads decode
  gives_way,      ///< this thread does all, and lets others on
};

/// Folds the entries after the state's tail into it, up to `end`, which the log has. The error names the
/// position and says what is wrong there.
std::expected<void, std::string> fold_log(const Database& database, State& state, Position end,
                                          Haste haste = Haste::is_waited_for);

/// Rows into which the log is folded on.
struct OngoingFold {
  const Projection& projection;
  Rows& rows;
  Position folded;  ///< the last entry that is in them
  /// The view cannot take an entry: a bug of its projection, or rows that are damaged.
  std::optional<Stall> failure = {};

  /// The entry after those that are in them; others, and any after a failure, are passed over.
  void take(const LogEntry& entry);
};

/// Folds the entries up to `end`, which the log has, into each that does not have them yet; the log is read
/// once. Throws std::runtime_error likewise.
void fold_together(const Database& database, std::span<OngoingFold> folds, Position end, Haste haste);

}  // namespace byline
