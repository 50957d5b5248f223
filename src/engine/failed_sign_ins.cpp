#include "engine/failed_sign_ins.hpp"

namespace byline {

void FailedSignIns::note(const OrganizationId& organization, const AccountId& account, std::string_view from,
                         bool locked_out, Time now) {
  std::lock_guard guard(mutex_);
  auto& noted = noted_[account];
  noted.organization = organization;
  if (!account.is_nil()) noted.failed.account = account;
  ++noted.failed.attempts;
  if (locked_out) ++noted.failed.lock_outs;
  noted.failed.last_at = now;
  noted.failed.last_from = from;
}

std::vector<FailedSignIns::Due> FailedSignIns::due(Time now) {
  std::vector<Due> found;
  std::lock_guard guard(mutex_);
  for (auto& [account, noted] : noted_) {
    if (noted.failed.attempts == 0 || now.micros - noted.told_at.micros < kEventEvery) continue;
    found.push_back({noted.organization, {account, noted.failed}});
    noted.failed.attempts = noted.failed.lock_outs = 0;
    noted.told_at = now;
  }
  boost::unordered::erase_if(noted_, [&](const auto& entry) {
    return entry.second.failed.attempts == 0 && now.micros - entry.second.told_at.micros >= kEventEvery;
  });
  return found;
}

}  // namespace byline
