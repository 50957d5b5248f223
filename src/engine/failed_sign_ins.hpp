#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "domain/credential.hpp"
#include "engine/reader.hpp"
#include "events/time.hpp"

namespace byline {

/// Sums up failed attempts to be an account, so that a flood of them becomes one event an hour in the log.
/// Whether there is such an account is looked up when it is told, and not by who answers the attempt, whose
/// time would tell. What was not told yet is lost when the process ends.
///
/// `note` may be called by any thread, `due` by the writer alone.
class FailedSignIns {
 public:
  static constexpr std::int64_t kEventEvery = 60LL * 60 * 1'000'000;  ///< microseconds

  /// `claimed` is nil where what was claimed cannot be an account.
  void note(const AccountId& claimed, std::string_view from, bool locked_out, Time now);
  struct Due {
    OrganizationId organization;
    NoteFailedSignIns command;
  };
  /// What is to be told to the log now; it counts as told.
  std::vector<Due> due(const Reader& reader, Time now);

 private:
  static constexpr std::size_t kClaims = 10'000;  ///< told apart between two looks; the rest is nobody's

  struct Attempts {
    std::uint64_t attempts = 0;
    std::uint64_t lock_outs = 0;
    Time last_at;
    std::string last_from;

    void add(const Attempts& more);
  };
  struct Account {
    OrganizationId organization;
    Attempts untold;
    Time told_at;
  };
  std::mutex mutex_;
  boost::unordered_flat_map<AccountId, Attempts> claims_;
  boost::unordered_flat_map<AccountId, Account>
      accounts_;  ///< the writer's; nil is for those that do not exist
};

}  // namespace byline
