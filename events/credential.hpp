#pragma once

#include <string>

#include "events/field.hpp"

namespace byline {

/// What an application proves itself with (RFC 6749 §2.3.1). Only a keyed digest of the secret is kept.
struct ClientSecretIssued {
  static constexpr EventType kType{"ClientSecretIssued", 1};
  AccountId account;
  std::string digest;  ///< lower-case hex of HMAC-SHA-256
  std::string hint;    ///< the secret's last four characters

  static void fields(auto& self, auto&& field) {
    field("account", self.account);
    field("digest", self.digest);
    field("hint", self.hint);
  }
  friend bool operator==(const ClientSecretIssued&, const ClientSecretIssued&) = default;
};

/// A token by which a user calls the API directly. Only a keyed digest of it is kept.
struct AccessTokenIssued {
  static constexpr EventType kType{"AccessTokenIssued", 1};
  AccountId account;
  std::string label;
  std::string digest;  ///< as in ClientSecretIssued
  std::string hint;

  static void fields(auto& self, auto&& field) {
    field("account", self.account);
    field("label", self.label);
    field("digest", self.digest);
    field("hint", self.hint);
  }
  friend bool operator==(const AccessTokenIssued&, const AccessTokenIssued&) = default;
};

}  // namespace byline
