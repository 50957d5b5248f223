#pragma once

#include <array>
#include <mutex>
#include <string_view>

#include "engine/database.hpp"
#include "events/time.hpp"

namespace byline {

/// Remembers what may be taken one time only, such as the `jti` of an assertion, until its own time is over.
/// It stands beside the log and outlives a kill; what was taken in the last moments before a power cut may be
/// taken once more. Thread-safe.
class UsedOnce {
 public:
  /// True for the first caller with this text before `until`. Throws where the disk cannot be read or
  /// written.
  bool take(Database& database, std::string_view text, Time until, Time now);

 private:
  std::array<std::mutex, 64> locks_;  ///< by the text: of two that come at the same time, one is the first
};

/// Whether the time of what stands under this key is over.
bool is_expired_mark(std::string_view key, std::string_view value, Time now);

}  // namespace byline
