#pragma once

#include <optional>
#include <string>

#include "events/field.hpp"

namespace byline {

// What accounts prove themselves with. A credential belongs to one account and is named by an id of its own.

enum class CredentialKind : std::uint8_t { client_secret, access_token, public_key, key_set };
std::string_view name_of(CredentialKind kind);
std::optional<CredentialKind> credential_kind_named(std::string_view name);
template <>
struct EnumNames<CredentialKind> {
  static std::optional<CredentialKind> find(std::string_view name) { return credential_kind_named(name); }
};

/// What an application proves itself with (RFC 6749 §2.3.1). Only a keyed digest of the secret is kept.
struct ClientSecretIssued {
  static constexpr EventType kType{"ClientSecretIssued", 2, SubjectKind::credential};
  AccountId account;
  std::string digest;  ///< lower-case hex of HMAC-SHA-256
  std::string hint;    ///< the secret's last four characters
  // Since form 2.
  std::optional<std::string> label = {};
  std::optional<Time> expires_at = {};
  std::optional<CredentialId> replaces = {};  ///< the secret that this one is to take the place of

  static void fields(auto& self, auto&& field) {
    field("account", self.account);
    field("digest", self.digest);
    field("hint", self.hint);
    field("label", self.label);
    field("expires_at", self.expires_at);
    field("replaces", self.replaces);
  }
  friend bool operator==(const ClientSecretIssued&, const ClientSecretIssued&) = default;
};

/// A token by which a user calls the API directly. Only a keyed digest of it is kept.
struct AccessTokenIssued {
  static constexpr EventType kType{"AccessTokenIssued", 2, SubjectKind::credential};
  AccountId account;
  std::string label;
  std::string digest;  ///< as in ClientSecretIssued
  std::string hint;
  std::optional<Time> expires_at = {};  ///< since form 2

  static void fields(auto& self, auto&& field) {
    field("account", self.account);
    field("label", self.label);
    field("digest", self.digest);
    field("hint", self.hint);
    field("expires_at", self.expires_at);
  }
  friend bool operator==(const AccessTokenIssued&, const AccessTokenIssued&) = default;
};

/// A key whose private half an application signs assertions with (RFC 7523 §2.2).
struct PublicKeyRegistered {
  static constexpr EventType kType{"PublicKeyRegistered", 1, SubjectKind::credential};
  AccountId account;
  JsonText key;            ///< the public JWK (RFC 7517), with `alg` and without private members
  std::string thumbprint;  ///< RFC 7638, SHA-256
  std::optional<std::string> label = {};
  std::optional<Time> expires_at = {};

  static void fields(auto& self, auto&& field) {
    field("account", self.account);
    field("key", self.key);
    field("thumbprint", self.thumbprint);
    field("label", self.label);
    field("expires_at", self.expires_at);
  }
  friend bool operator==(const PublicKeyRegistered&, const PublicKeyRegistered&) = default;
};

/// An address at which an application publishes such keys (`jwks_uri`).
struct KeySetRegistered {
  static constexpr EventType kType{"KeySetRegistered", 1, SubjectKind::credential};
  AccountId account;
  std::string url;
  std::optional<std::string> label = {};
  std::optional<Time> expires_at = {};

  static void fields(auto& self, auto&& field) {
    field("account", self.account);
    field("url", self.url);
    field("label", self.label);
    field("expires_at", self.expires_at);
  }
  friend bool operator==(const KeySetRegistered&, const KeySetRegistered&) = default;
};

/// Without a value the label was taken away.
struct CredentialRelabelled {
  static constexpr EventType kType{"CredentialRelabelled", 1, SubjectKind::credential};
  AccountId account;
  std::optional<std::string> label;

  static void fields(auto& self, auto&& field) {
    field("account", self.account);
    field("label", self.label);
  }
  friend bool operator==(const CredentialRelabelled&, const CredentialRelabelled&) = default;
};

/// Without a value it has no end of its own any more.
struct CredentialExpiryChanged {
  static constexpr EventType kType{"CredentialExpiryChanged", 1, SubjectKind::credential};
  AccountId account;
  std::optional<Time> expires_at;

  static void fields(auto& self, auto&& field) {
    field("account", self.account);
    field("expires_at", self.expires_at);
  }
  friend bool operator==(const CredentialExpiryChanged&, const CredentialExpiryChanged&) = default;
};

/// From here on it proves nothing, for ever.
struct CredentialRevoked {
  static constexpr EventType kType{"CredentialRevoked", 1, SubjectKind::credential};
  AccountId account;

  static void fields(auto& self, auto&& field) { field("account", self.account); }
  friend bool operator==(const CredentialRevoked&, const CredentialRevoked&) = default;
};

}  // namespace byline
