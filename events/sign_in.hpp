#pragma once

#include <string>

#include "events/field.hpp"

namespace byline {

/// Somebody failed to prove that they are this account, or one that does not exist. Summed up, one event an
/// hour and account at most, on a stream beside the account's own, whose version it leaves alone.
struct AuthenticationsFailed {
  static constexpr EventType kType{"AuthenticationsFailed", 1, SubjectKind::sign_in};
  std::optional<AccountId> account;  ///< without a value: such that do not exist
  std::uint64_t attempts = 1;        ///< since the event before this one
  std::uint64_t lock_outs = 0;       ///< how often an address was locked out for them
  Time last_at;
  std::string last_from;  ///< the address then

  static void fields(auto& self, auto&& field) {
    field("account", self.account);
    field("attempts", self.attempts);
    field("lock_outs", self.lock_outs);
    field("last_at", self.last_at);
    field("last_from", self.last_from, kPersonal);
  }
  friend bool operator==(const AuthenticationsFailed&, const AuthenticationsFailed&) = default;
};

}  // namespace byline
