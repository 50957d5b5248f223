#include "http/rate_limits.hpp"

#include <algorithm>

namespace byline::http {

RateLimits::Taken RateLimits::take(const AccountId& account, std::int64_t per_second, Time now) {
  constexpr std::int64_t kDepth = 2 * kMicrosPerSecond;  // of a bucket, in time
  auto each = std::max<std::int64_t>(1, kMicrosPerSecond / per_second);
  auto& shard = shards_.at(hash_value(account) % kShards);
  std::lock_guard guard(shard.mutex);
  if (shard.full_at.size() > kRemembered) {
    boost::unordered::erase_if(shard.full_at, [&](const auto& entry) { return entry.second <= now.micros; });
  }
  auto& full_at = shard.full_at[account];
  // The generic cell rate algorithm: the bucket is as empty as the time until it is full is long.
  auto next = std::max(full_at, now.micros) + each;
  Taken taken;
  taken.limit = kDepth / each;
  taken.allowed = next - now.micros <= kDepth;
  if (taken.allowed) full_at = next;
  auto missing = full_at - now.micros;
  taken.remaining = std::max<std::int64_t>(0, (kDepth - missing) / each);
  auto wait = taken.allowed ? missing : next - now.micros - kDepth;
  taken.reset = (wait + kMicrosPerSecond - 1) / kMicrosPerSecond;
  return taken;
}

}  // namespace byline::http
