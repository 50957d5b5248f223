#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <chrono>
#include <mutex>
#include <string>
#include <string_view>

#include "events/time.hpp"

namespace byline::http {

/// Counts failed authentications, by who was claimed to be and from where, and by where alone. Whoever goes
/// on failing waits longer and longer for the answer, and is then locked out for a while.
///
/// A lock-out is of a claim from an address: it does not touch the same client elsewhere. Nothing here knows
/// whether the client exists, so nothing tells. What is counted is bounded: past that the older half goes of
/// what is not locked out.
/// Thread-safe.
class FailedAttempts {
 public:
  static constexpr std::int64_t kWindow =
      15LL * 60 * 1'000'000;                      ///< microseconds without one, and it is forgotten
  static constexpr unsigned kFree = 3;            ///< failures that cost nothing
  static constexpr unsigned kLocked = 10;         ///< of one claim from one address
  static constexpr unsigned kFreeOfAddress = 50;  ///< the same for all claims of an address together
  static constexpr unsigned kLockedOfAddress = 200;

  /// What a failure costs.
  struct Cost {
    std::chrono::milliseconds delay{0};  ///< before the answer
    std::int64_t locked_for = 0;         ///< seconds; 0: not locked out
    bool just_locked = false;
  };

  static constexpr unsigned kFreeOfGuesses = 20;  ///< of one claim from everywhere
  static constexpr unsigned kLockedOfGuesses = 100;

  /// One more failure. While an address is locked out, its claims are not counted one by one.
  Cost note(std::string_view claim, std::string_view address, Time now);
  /// One more failure where there is something short to guess: those of all addresses are counted together,
  /// too.
  Cost note_guess(std::string_view claim, std::string_view address, Time now);
  /// It was right: what was counted of this claim from there goes.
  void forget(std::string_view claim, std::string_view address);
  /// Seconds that this claim is locked out from there; 0: it is not.
  std::int64_t locked_for(std::string_view claim, std::string_view address, Time now) const;
  /// The same for guesses: of the claim from there, from everywhere, and of everything from there, but where
  /// the claim is one that nobody else can make. Who is locked out must not be let guess on.
  std::int64_t guesses_locked_for(std::string_view claim, std::string_view address, bool is_own,
                                  Time now) const;

 private:
  struct Count {
    unsigned failures = 0;
    Time last;
    Time locked_until;
  };
  Cost count(std::string key, unsigned free, unsigned locked, Time now);
  void make_room(Time now);
  std::int64_t locked_for(const std::string& key, Time now) const;

  static constexpr std::size_t kRemembered = 100'000;
  mutable std::mutex mutex_;
  boost::unordered_flat_map<std::string, Count> counts_;
};

}  // namespace byline::http
