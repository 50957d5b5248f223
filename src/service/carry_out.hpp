#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>

#include "engine/engine.hpp"

namespace byline {

/// Hands one command to the engine, in the name of the system account, and waits for its outcome. Not for I/O
/// threads.
inline Outcome carry_out(Engine& engine, const OrganizationId& organization, Command command) {
  std::mutex mutex;
  std::condition_variable ready;
  std::optional<Outcome> outcome;
  Submission submission{{kSystemAccount, organization, std::nullopt}, std::move(command), {}, {}, {}, {}};
  submission.done = [&](Outcome result) {
    std::lock_guard guard(mutex);
    outcome = std::move(result);
    ready.notify_one();
  };
  engine.submit(std::move(submission));
  std::unique_lock guard(mutex);
  ready.wait(guard, [&] { return outcome.has_value(); });
  return std::move(*outcome);
}

}  // namespace byline
