#include "engine/failed_sign_ins.hpp"

namespace byline {

void FailedSignIns::Attempts::add(const Attempts& more) {
  attempts += more.attempts;
  lock_outs += more.lock_outs;
  if (more.last_at <= last_at) return;
  last_at = more.last_at;
  last_from = more.last_from;
}

void FailedSignIns::note(const AccountId& claimed, std::string_view from, bool locked_out, Time now) {
  std::lock_guard guard(mutex_);
  bool full = claims_.size() >= kClaims && !claims_.contains(claimed);
  claims_[full ? AccountId{} : claimed].add({1, locked_out ? 1U : 0U, now, std::string(from)});
}

std::vector<FailedSignIns::Due> FailedSignIns::due(const Reader& reader, Time now) {
  boost::unordered_flat_map<AccountId, Attempts> claims;
  {
    std::lock_guard guard(mutex_);
    claims.swap(claims_);
  }
  for (const auto& [claimed, attempts] : claims) {
    auto home = find_home(reader, claimed);
    auto& account = accounts_[home ? claimed : AccountId{}];
    account.organization = home.value_or(OrganizationId{});
    account.untold.add(attempts);
  }
  std::vector<Due> found;
  for (auto& [id, account] : accounts_) {
    if (account.untold.attempts == 0 || now.micros - account.told_at.micros < kEventEvery) continue;
    const auto& [attempts, lock_outs, last_at, last_from] = account.untold;
    AuthenticationsFailed failed{{}, attempts, lock_outs, last_at, last_from};
    if (!id.is_nil()) failed.account = id;
    found.push_back({account.organization, {id, std::move(failed)}});
    account.untold = {};
    account.told_at = now;
  }
  boost::unordered::erase_if(accounts_, [&](const auto& entry) {
    return entry.second.untold.attempts == 0 && now.micros - entry.second.told_at.micros >= kEventEvery;
  });
  return found;
}

}  // namespace byline
