#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

#include "events/time.hpp"

namespace byline {

/// Sums up what happens again and again to the same ones, so that each is told of once an hour at most, the
/// first time at once. `Sum` has `add(const Sum&)`.
///
/// `note` may be called by any thread, `due` by one.
template <class Id, class Sum>
class HourlySums {
 public:
  static constexpr std::int64_t kEvery = 60LL * 60 * 1'000'000;  ///< microseconds
  static constexpr std::size_t kMost = 10'000;  ///< told apart between two looks; the rest is the nil id's

  void note(const Id& id, const Sum& sum) {
    std::lock_guard guard(mutex_);
    bool full = fresh_.size() >= kMost && !fresh_.contains(id);
    fresh_[full ? Id{} : id].add(sum);
  }

  /// What is to be told now; it counts as told. `resolve(id)`: whom it is summed up for. `all`: whether or
  /// not the hour is over.
  template <class Resolve>
  std::vector<std::pair<Id, Sum>> due(Time now, bool all, Resolve&& resolve) {
    boost::unordered_flat_map<Id, Sum> fresh;
    {
      std::lock_guard guard(mutex_);
      fresh.swap(fresh_);
    }
    for (const auto& [id, sum] : fresh) {
      auto& kept = kept_[resolve(id)];
      kept.untold.add(sum);
      kept.is_new = true;
    }
    std::vector<std::pair<Id, Sum>> found;
    for (auto& [id, kept] : kept_) {
      if (!kept.is_new || (!all && now.micros - kept.told_at.micros < kEvery)) continue;
      found.emplace_back(id, std::exchange(kept.untold, {}));
      kept.is_new = false;
      kept.told_at = now;
    }
    boost::unordered::erase_if(kept_, [&](const auto& entry) {
      return !entry.second.is_new && now.micros - entry.second.told_at.micros >= kEvery;
    });
    return found;
  }

 private:
  struct Kept {
    Sum untold;
    Time told_at;
    bool is_new = false;  ///< there is something to tell
  };
  std::mutex mutex_;
  boost::unordered_flat_map<Id, Sum> fresh_;
  boost::unordered_flat_map<Id, Kept> kept_;  ///< of who calls `due`
};

}  // namespace byline
