#pragma once

#include <string>

#include "events/field.hpp"

namespace byline {

// What was seen of a credential. Summed up, one event an hour at most, and on a stream beside the
// credential's own, whose version it leaves alone.

/// It was used, `uses` times since the event before this one.
struct CredentialUsed {
  static constexpr EventType kType{"CredentialUsed", 1, SubjectKind::credential_use};
  AccountId account;
  Time used_at;           ///< the last time
  std::string used_from;  ///< the address then
  std::uint64_t uses = 1;

  static void fields(auto& self, auto&& field) {
    field("account", self.account);
    field("used_at", self.used_at);
    field("used_from", self.used_from, kPersonal);
    field("uses", self.uses);
  }
  friend bool operator==(const CredentialUsed&, const CredentialUsed&) = default;
};

/// By it the account got access tokens from the token endpoint, so many since the event before this one.
struct TokensIssued {
  static constexpr EventType kType{"TokensIssued", 1, SubjectKind::credential_use};
  AccountId account;
  std::uint64_t tokens = 1;
  Time last_at;
  std::string last_from;  ///< the address then

  static void fields(auto& self, auto&& field) {
    field("account", self.account);
    field("tokens", self.tokens);
    field("last_at", self.last_at);
    field("last_from", self.last_from, kPersonal);
  }
  friend bool operator==(const TokensIssued&, const TokensIssued&) = default;
};

/// Somebody presented it although it is revoked or expired: it is still in somebody's hands. `attempts` since
/// the event before this one.
struct EndedCredentialPresented {
  static constexpr EventType kType{"EndedCredentialPresented", 1, SubjectKind::credential_use};
  AccountId account;
  Time presented_at;           ///< the last time
  std::string presented_from;  ///< the address then
  std::uint64_t attempts = 1;

  static void fields(auto& self, auto&& field) {
    field("account", self.account);
    field("presented_at", self.presented_at);
    field("presented_from", self.presented_from, kPersonal);
    field("attempts", self.attempts);
  }
  friend bool operator==(const EndedCredentialPresented&, const EndedCredentialPresented&) = default;
};

}  // namespace byline
