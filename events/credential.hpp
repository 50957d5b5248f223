#pragma once

#include <optional>
#include <string>
#include <vector>

#include "events/field.hpp"

namespace byline {

// What accounts prove themselves with. A credential belongs to one account and is named by an id of its own.

enum class CredentialKind : std::uint8_t {
  client_secret,
  access_token,
  public_key,
  key_set,
  certificate,
  certificate_name,
  initial_access_token,
  registration_access_token,
  password,
  totp,
  session,
  sign_in_link,
  external_identity,
};
std::string_view name_of(CredentialKind kind);
std::optional<CredentialKind> credential_kind_named(std::string_view name);
template <>
struct EnumNames<CredentialKind> {
  static std::optional<CredentialKind> find(std::string_view name) { return credential_kind_named(name); }
};

/// Sessions, and what guards a user's sign-in. Nobody has any use for them once they have ended.
constexpr bool is_of_sign_in(CredentialKind kind) {
  return kind == CredentialKind::session || kind == CredentialKind::sign_in_link ||
         kind == CredentialKind::password || kind == CredentialKind::totp ||
         kind == CredentialKind::external_identity;
}

/// An event that a credential begins with.
template <class Event>
concept OpensCredential = requires { Event::kOpens; };

/// Where in a certificate the name stands that an application is known by (RFC 8705 §2.1.2).
enum class CertificateNameType : std::uint8_t { subject_dn, san_dns, san_uri, san_ip, san_email };
std::string_view name_of(CertificateNameType type);
std::optional<CertificateNameType> certificate_name_type_named(std::string_view name);
template <>
struct EnumNames<CertificateNameType> {
  static std::optional<CertificateNameType> find(std::string_view name) {
    return certificate_name_type_named(name);
  }
};

/// How a user signed in.
enum class SignInMeans : std::uint8_t { password, password_and_totp, external_identity };
std::string_view name_of(SignInMeans means);
std::optional<SignInMeans> sign_in_means_named(std::string_view name);
template <>
struct EnumNames<SignInMeans> {
  static std::optional<SignInMeans> find(std::string_view name) { return sign_in_means_named(name); }
};

/// What an application proves itself with (RFC 6749 §2.3.1). Only a keyed digest of the secret is kept.
struct ClientSecretIssued {
  static constexpr EventType kType{"ClientSecretIssued", 2, SubjectKind::credential};
  static constexpr auto kOpens = CredentialKind::client_secret;
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
    field("label", self.label, kPersonal);
    field("expires_at", self.expires_at);
    field("replaces", self.replaces);
  }
  friend bool operator==(const ClientSecretIssued&, const ClientSecretIssued&) = default;
};

/// A token by which a user calls the API directly. Only a keyed digest of it is kept.
struct AccessTokenIssued {
  static constexpr EventType kType{"AccessTokenIssued", 2, SubjectKind::credential};
  static constexpr auto kOpens = CredentialKind::access_token;
  AccountId account;
  std::string label;
  std::string digest;  ///< as in ClientSecretIssued
  std::string hint;
  std::optional<Time> expires_at = {};  ///< since form 2

  static void fields(auto& self, auto&& field) {
    field("account", self.account);
    field("label", self.label, kPersonal);
    field("digest", self.digest);
    field("hint", self.hint);
    field("expires_at", self.expires_at);
  }
  friend bool operator==(const AccessTokenIssued&, const AccessTokenIssued&) = default;
};

/// A key whose private half an application signs assertions with (RFC 7523 §2.2).
struct PublicKeyRegistered {
  static constexpr EventType kType{"PublicKeyRegistered", 1, SubjectKind::credential};
  static constexpr auto kOpens = CredentialKind::public_key;
  AccountId account;
  JsonText key;            ///< the public JWK (RFC 7517), with `alg` and without private members
  std::string thumbprint;  ///< RFC 7638, SHA-256
  std::optional<std::string> label = {};
  std::optional<Time> expires_at = {};

  static void fields(auto& self, auto&& field) {
    field("account", self.account);
    field("key", self.key, kPersonal);
    field("thumbprint", self.thumbprint);
    field("label", self.label, kPersonal);
    field("expires_at", self.expires_at);
  }
  friend bool operator==(const PublicKeyRegistered&, const PublicKeyRegistered&) = default;
};

/// An address at which an application publishes such keys (`jwks_uri`).
struct KeySetRegistered {
  static constexpr EventType kType{"KeySetRegistered", 1, SubjectKind::credential};
  static constexpr auto kOpens = CredentialKind::key_set;
  AccountId account;
  std::string url;
  std::optional<std::string> label = {};
  std::optional<Time> expires_at = {};

  static void fields(auto& self, auto&& field) {
    field("account", self.account);
    field("url", self.url, kPersonal);
    field("label", self.label, kPersonal);
    field("expires_at", self.expires_at);
  }
  friend bool operator==(const KeySetRegistered&, const KeySetRegistered&) = default;
};

/// A certificate that an application comes with on a TLS connection (RFC 8705 §2.2); nobody need have signed
/// it.
struct CertificateRegistered {
  static constexpr EventType kType{"CertificateRegistered", 1, SubjectKind::credential};
  static constexpr auto kOpens = CredentialKind::certificate;
  AccountId account;
  std::string certificate;  ///< DER, base64
  std::string thumbprint;   ///< SHA-256 of the DER, base64url: `x5t#S256` (RFC 8705 §3.1)
  std::optional<std::string> label = {};
  std::optional<Time> expires_at = {};

  static void fields(auto& self, auto&& field) {
    field("account", self.account);
    field("certificate", self.certificate, kPersonal);
    field("thumbprint", self.thumbprint);
    field("label", self.label, kPersonal);
    field("expires_at", self.expires_at);
  }
  friend bool operator==(const CertificateRegistered&, const CertificateRegistered&) = default;
};

/// The name in a certificate of an authority that the deployment trusts, by which the application is known
/// (RFC 8705 §2.1).
struct CertificateNameRegistered {
  static constexpr EventType kType{"CertificateNameRegistered", 1, SubjectKind::credential};
  static constexpr auto kOpens = CredentialKind::certificate_name;
  AccountId account;
  CertificateNameType name_type = CertificateNameType::subject_dn;
  std::string name;
  std::optional<std::string> label = {};
  std::optional<Time> expires_at = {};

  static void fields(auto& self, auto&& field) {
    field("account", self.account);
    field("name_type", self.name_type);
    field("name", self.name, kPersonal);
    field("label", self.label, kPersonal);
    field("expires_at", self.expires_at);
  }
  friend bool operator==(const CertificateNameRegistered&, const CertificateNameRegistered&) = default;
};

/// By this token a program may register itself in the name of the user whose it is (RFC 7591 §3), with these
/// roles and no others.
struct InitialAccessTokenIssued {
  static constexpr EventType kType{"InitialAccessTokenIssued", 1, SubjectKind::credential};
  static constexpr auto kOpens = CredentialKind::initial_access_token;
  AccountId account;
  std::string digest;  ///< as in ClientSecretIssued
  std::string hint;
  std::vector<RoleId> roles;
  std::optional<std::uint64_t> max_registrations = {};  ///< without a value: as many as one likes
  std::optional<std::string> label = {};
  std::optional<Time> expires_at = {};

  static void fields(auto& self, auto&& field) {
    field("account", self.account);
    field("digest", self.digest);
    field("hint", self.hint);
    field("roles", self.roles);
    field("max_registrations", self.max_registrations);
    field("label", self.label, kPersonal);
    field("expires_at", self.expires_at);
  }
  friend bool operator==(const InitialAccessTokenIssued&, const InitialAccessTokenIssued&) = default;
};

/// By this token an application that registered itself reads, changes and deletes its own registration (RFC
/// 7592).
struct RegistrationAccessTokenIssued {
  static constexpr EventType kType{"RegistrationAccessTokenIssued", 1, SubjectKind::credential};
  static constexpr auto kOpens = CredentialKind::registration_access_token;
  AccountId account;
  std::string digest;  ///< as in ClientSecretIssued
  std::string hint;

  static void fields(auto& self, auto&& field) {
    field("account", self.account);
    field("digest", self.digest);
    field("hint", self.hint);
  }
  friend bool operator==(const RegistrationAccessTokenIssued&,
                         const RegistrationAccessTokenIssued&) = default;
};

/// A user's password, in the place of the one before. What is kept is its Argon2id hash, sealed under a key
/// that is not in the log.
struct PasswordSet {
  static constexpr EventType kType{"PasswordSet", 1, SubjectKind::credential};
  static constexpr auto kOpens = CredentialKind::password;
  AccountId account;
  std::string sealed_hash;  ///< base64url

  static void fields(auto& self, auto&& field) {
    field("account", self.account);
    field("sealed_hash", self.sealed_hash);
  }
  friend bool operator==(const PasswordSet&, const PasswordSet&) = default;
};

/// A device that shows one-time passwords (RFC 6238), wanted beside the password from now on.
struct TotpRegistered {
  static constexpr EventType kType{"TotpRegistered", 1, SubjectKind::credential};
  static constexpr auto kOpens = CredentialKind::totp;
  AccountId account;
  std::string sealed_secret;  ///< base64url
  std::optional<std::string> label = {};

  static void fields(auto& self, auto&& field) {
    field("account", self.account);
    field("sealed_secret", self.sealed_secret);
    field("label", self.label, kPersonal);
  }
  friend bool operator==(const TotpRegistered&, const TotpRegistered&) = default;
};

/// A user signed in, in a browser.
struct SessionStarted {
  static constexpr EventType kType{"SessionStarted", 1, SubjectKind::credential};
  static constexpr auto kOpens = CredentialKind::session;
  AccountId account;
  std::string digest;  ///< of what the cookie holds; as in ClientSecretIssued
  SignInMeans means = SignInMeans::password;
  std::string from;                       ///< the address
  std::optional<std::string> agent = {};  ///< as the browser called itself
  Time expires_at;                        ///< whatever happens

  static void fields(auto& self, auto&& field) {
    field("account", self.account);
    field("digest", self.digest);
    field("means", self.means);
    field("from", self.from, kPersonal);
    field("agent", self.agent, kPersonal);
    field("expires_at", self.expires_at);
  }
  friend bool operator==(const SessionStarted&, const SessionStarted&) = default;
};

/// A link by which a user sets a password, once.
struct SignInLinkIssued {
  static constexpr EventType kType{"SignInLinkIssued", 1, SubjectKind::credential};
  static constexpr auto kOpens = CredentialKind::sign_in_link;
  AccountId account;
  std::string digest;  ///< as in ClientSecretIssued
  std::string hint;
  Time expires_at;

  static void fields(auto& self, auto&& field) {
    field("account", self.account);
    field("digest", self.digest);
    field("hint", self.hint);
    field("expires_at", self.expires_at);
  }
  friend bool operator==(const SignInLinkIssued&, const SignInLinkIssued&) = default;
};

/// An outside provider vouches for the user under this name (OpenID Connect Core §2: `iss` and `sub`).
struct ExternalIdentityLinked {
  static constexpr EventType kType{"ExternalIdentityLinked", 1, SubjectKind::credential};
  static constexpr auto kOpens = CredentialKind::external_identity;
  AccountId account;
  std::string issuer;
  std::string name;  ///< `sub`

  static void fields(auto& self, auto&& field) {
    field("account", self.account);
    field("issuer", self.issuer);
    field("name", self.name, kPersonal);
  }
  friend bool operator==(const ExternalIdentityLinked&, const ExternalIdentityLinked&) = default;
};

/// Without a value the label was taken away.
struct CredentialRelabelled {
  static constexpr EventType kType{"CredentialRelabelled", 1, SubjectKind::credential};
  AccountId account;
  std::optional<std::string> label;

  static void fields(auto& self, auto&& field) {
    field("account", self.account);
    field("label", self.label, kPersonal);
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

/// Its account was erased, and nothing of it is kept.
struct CredentialErased {
  static constexpr EventType kType{"CredentialErased", 1, SubjectKind::credential};
  AccountId account;

  static void fields(auto& self, auto&& field) { field("account", self.account); }
  friend bool operator==(const CredentialErased&, const CredentialErased&) = default;
};

}  // namespace byline
