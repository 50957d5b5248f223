#pragma once

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <mutex>

#include "events/id.hpp"
#include "events/time.hpp"

namespace byline::http {

/// How many requests applications may make: a token bucket each, which holds two seconds' worth and fills
/// steadily. Thread-safe.
class RateLimits {
 public:
  /// What a request was told of its bucket.
  struct Taken {
    bool allowed = true;
    std::int64_t limit = 0;      ///< requests that a full bucket holds
    std::int64_t remaining = 0;  ///< that it holds now
    std::int64_t reset = 0;      ///< seconds until it is full; where nothing is left, until there is one
  };

  /// Takes one from the account's bucket, which fills with so many a second.
  Taken take(const AccountId& account, std::int64_t per_second, Time now);

 private:
  static constexpr std::size_t kShards = 64;
  static constexpr std::size_t kRemembered =
      4096;  ///< buckets of a shard; past that the full ones are forgotten
  struct Shard {
    std::mutex mutex;
    boost::unordered_flat_map<AccountId, std::int64_t>
        full_at;  ///< when the bucket will be full, microseconds
  };
  std::array<Shard, kShards> shards_;
};

}  // namespace byline::http
