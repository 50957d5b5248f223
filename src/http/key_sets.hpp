#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "events/time.hpp"
#include "http/fetch.hpp"
#include "http/work_pool.hpp"
#include "security/public_key.hpp"

namespace byline::http {

/// The keys that an application publishes (RFC 7517 §5).
struct KeySet {
  struct Key {
    std::string kid;  ///< empty where it has none
    security::PublicKey key;
  };
  std::vector<Key> keys;
  Time fetched_at;
};

/// Others' key sets, fetched when they are needed and remembered for a while. Thread-safe.
class KeySets {
 public:
  static constexpr std::int64_t kFresh = 5LL * 60 * 1'000'000;   ///< microseconds a set is good for
  static constexpr std::int64_t kStale = 60LL * 60 * 1'000'000;  ///< where it cannot be fetched again
  static constexpr std::int64_t kNotBefore = 30LL * 1'000'000;   ///< between two fetches of one address
  static constexpr std::size_t kMaxKeys = 50;                    ///< of one set; the rest is left out
  static constexpr std::size_t kRemembered = 10'000;             ///< sets; past that it starts anew

  KeySets(WorkPool& pool, FetchRules rules) : pool_(pool), rules_(std::move(rules)) {}

  /// The set at this address; where it has no key of that name (and one is asked for), it is fetched again,
  /// though not too often. nullptr where there is none to be had: that is remembered likewise.
  Awaitable<std::shared_ptr<const KeySet>> get(std::string url, std::string kid);

 private:
  struct Remembered {
    std::shared_ptr<const KeySet> set;
    Time asked_at;
    int fetching = 0;  ///< how many are at it
  };
  WorkPool& pool_;
  const FetchRules rules_;
  std::mutex mutex_;
  std::unordered_map<std::string, Remembered> remembered_;
};

}  // namespace byline::http
