#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "domain/credential.hpp"
#include "events/time.hpp"

namespace byline {

/// Sums up failed attempts to be an account, so that a flood of them becomes one event an hour in the log.
/// What was not told yet is lost when the process ends.
///
/// `note` may be called by any thread, `due` by the writer alone.
class FailedSignIns {
 public:
  static constexpr std::int64_t kEventEvery = 60LL * 60 * 1'000'000;  ///< microseconds

  /// `account` is nil, and `organization` too, for one that does not exist.
  void note(const OrganizationId& organization, const AccountId& account, std::string_view from,
            bool locked_out, Time now);
  struct Due {
    OrganizationId organization;
    NoteFailedSignIns command;
  };
  /// What is to be told to the log now; it counts as told.
  std::vector<Due> due(Time now);

 private:
  static AuthenticationsFailed nothing() {
    AuthenticationsFailed none;
    none.attempts = 0;
    return none;
  }
  struct Noted {
    OrganizationId organization;
    AuthenticationsFailed failed = nothing();
    Time told_at;
  };
  std::mutex mutex_;
  boost::unordered_flat_map<AccountId, Noted> noted_;
};

}  // namespace byline
