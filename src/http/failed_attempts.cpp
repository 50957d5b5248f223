#include "http/failed_attempts.hpp"

#include <algorithm>
#include <vector>

namespace byline::http {
namespace {

constexpr std::size_t kMaxClaim = 128;  ///< bytes of it that are told apart

constexpr std::string_view kEverywhere = "*";  ///< in the place of an address

std::string key_of(std::string_view claim, std::string_view address) {
  return std::string(address) + " " + std::string(claim.substr(0, kMaxClaim));
}

}  // namespace

FailedAttempts::Cost FailedAttempts::note(std::string_view claim, std::string_view address, Time now) {
  std::lock_guard guard(mutex_);
  make_room(now);
  auto of_address = count(std::string(address), kFreeOfAddress, kLockedOfAddress, now);
  if (of_address.locked_for > 0) return of_address;
  auto of_claim = count(key_of(claim, address), kFree, kLocked, now);
  return {std::max(of_claim.delay, of_address.delay), of_claim.locked_for, of_claim.just_locked};
}

FailedAttempts::Cost FailedAttempts::note_guess(std::string_view claim, std::string_view address, Time now) {
  auto cost = note(claim, address, now);
  std::lock_guard guard(mutex_);
  auto of_all = count(key_of(claim, kEverywhere), kFreeOfGuesses, kLockedOfGuesses, now);
  return {std::max(cost.delay, of_all.delay), std::max(cost.locked_for, of_all.locked_for),
          cost.just_locked || of_all.just_locked};
}

void FailedAttempts::make_room(Time now) {
  if (counts_.size() < kRemembered) return;
  boost::unordered::erase_if(
      counts_, [&](const auto& entry) { return now.micros - entry.second.last.micros > kWindow; });
  if (counts_.size() < kRemembered) return;
  std::vector<Time> times;
  times.reserve(counts_.size());
  for (const auto& [key, counted] : counts_) times.push_back(counted.last);
  auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::ranges::nth_element(times, middle);
  boost::unordered::erase_if(counts_, [&, older = *middle](const auto& entry) {
    return entry.second.last <= older && now >= entry.second.locked_until;
  });
}

/// A tenth of a second for the first that costs, twice as much for each that follows, five seconds at most;
/// locked out for a minute, then twice as long each time, an hour at most.
FailedAttempts::Cost FailedAttempts::count(std::string key, unsigned free, unsigned locked, Time now) {
  auto& counted = counts_[std::move(key)];
  if (now.micros - counted.last.micros > kWindow && now >= counted.locked_until) counted = {};
  counted.last = now;
  ++counted.failures;
  Cost cost;
  if (counted.failures > free) {
    auto doublings = std::min(counted.failures - free - 1, 6U);
    cost.delay = std::min(std::chrono::milliseconds(100 << doublings), std::chrono::milliseconds(5000));
  }
  if (counted.failures >= locked && now >= counted.locked_until) {
    auto doublings = std::min(counted.failures - locked, 6U);
    auto seconds = std::min<std::int64_t>(std::int64_t{60} << doublings, 3600);
    counted.locked_until = {now.micros + seconds * kMicrosPerSecond};
    cost.just_locked = true;
  }
  if (now < counted.locked_until) {
    cost.locked_for = (counted.locked_until.micros - now.micros + kMicrosPerSecond - 1) / kMicrosPerSecond;
    cost.delay = std::chrono::milliseconds(0);
  }
  return cost;
}

void FailedAttempts::forget(std::string_view claim, std::string_view address) {
  std::lock_guard guard(mutex_);
  counts_.erase(key_of(claim, address));
}

std::int64_t FailedAttempts::locked_for(const std::string& key, Time now) const {
  auto found = counts_.find(key);
  if (found == counts_.end() || now >= found->second.locked_until) return 0;
  return (found->second.locked_until.micros - now.micros + kMicrosPerSecond - 1) / kMicrosPerSecond;
}

std::int64_t FailedAttempts::locked_for(std::string_view claim, std::string_view address, Time now) const {
  std::lock_guard guard(mutex_);
  return locked_for(key_of(claim, address), now);
}

std::int64_t FailedAttempts::guesses_locked_for(std::string_view claim, std::string_view address, bool is_own,
                                                Time now) const {
  std::lock_guard guard(mutex_);
  return std::max({locked_for(key_of(claim, address), now), locked_for(key_of(claim, kEverywhere), now),
                   is_own ? 0 : locked_for(std::string(address), now)});
}

}  // namespace byline::http
