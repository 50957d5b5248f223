#pragma once

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/database.hpp"
#include "engine/text_hash.hpp"
#include "events/event.hpp"

namespace byline {

/// Days since 1970-01-01, UTC.
using Day = std::uint32_t;
Day day_of(Time time);
/// `2026-11-25`
std::string format_day(Day day);
/// Whether the time of the count under this key is over.
bool is_expired_use(std::string_view key, Time now);

/// How often an account used a permission on one day, at the lowest level that would have done.
struct PermissionUse {
  Permission permission;
  Day day = 0;
  std::uint64_t count = 0;
};

/// Counts which permissions accounts use, by day: reads leave no event in the log, so this is the only trace
/// of them. The counts are not facts: they stand beside the log, the last ten seconds of them are lost when
/// the process is killed, and a rebuild does not bring them back. They are kept for `kDays`.
///
/// `note` may be called by any thread; `flush` by the writer alone.
class PermissionUsage {
 public:
  static constexpr Day kDays = 400;  ///< for how long counts are kept

  void note(const OrganizationId& organization, const AccountId& account, const Permission& permission,
            Time now);
  /// Adds what was noted to what is on disk, without waiting for the disk. A failure keeps it for later.
  void flush(Database& database);
  /// The account's uses since that day, on disk and not yet; days in order.
  std::vector<PermissionUse> of(const Database& database, const OrganizationId& organization,
                                const AccountId& account, Day since) const;

 private:
  using Counts = boost::unordered_flat_map<std::string, std::uint64_t, TextHash, std::equal_to<>>;
  /// One lock for all would be asked for at every request.
  struct Shard {
    mutable std::mutex mutex;
    Counts counts;
    Counts in_flight;  ///< on their way to disk
  };
  Shard& shard_of_this_thread();

  std::array<Shard, 16> shards_;
  /// Held while counts become rows, so that whoever reads finds each use once. `note` does not wait for it.
  mutable std::mutex moving_;
};

}  // namespace byline
