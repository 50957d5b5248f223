#pragma once

#include <optional>
#include <string>
#include <vector>

#include "events/credential.hpp"
#include "projections/projection.hpp"

namespace byline {

/// What an account proves itself with, whether or not it still does. What guards a user's sign-in, and
/// sessions, leave no row behind when they end: nobody can have them still, and there would be many.
struct CredentialRow {
  OrganizationId organization;
  AccountId account;
  CredentialKind kind = CredentialKind::client_secret;
  std::optional<std::string> digest;  ///< of a secret, a token, a link, a session: lower-case hex
  std::optional<std::string> hint;
  std::optional<JsonText> key;  ///< a public key's JWK
  std::optional<std::string> thumbprint;
  std::optional<std::string> url;  ///< of a key set
  std::optional<std::string> certificate;
  std::optional<CertificateNameType> name_type;  ///< of a certificate's name
  std::optional<std::string> name;               ///< likewise; of an external identity its own
  std::optional<std::string> issuer;             ///< of an external identity
  std::optional<std::string> sealed;             ///< of a password its hash, of a TOTP device its secret
  std::vector<RoleId> roles;                     ///< that an initial access token gives
  std::optional<std::uint64_t> max_registrations;
  std::uint64_t registrations = 0;   ///< applications that registered with it
  std::optional<SignInMeans> means;  ///< of a session
  std::optional<std::string> from;
  std::optional<std::string> agent;
  std::optional<std::string> label;
  std::optional<Time> expires_at;
  std::optional<Time> revoked_at;
  std::optional<CredentialId> replaces;
  std::optional<CredentialId> replaced_by;
  std::optional<Time> replaced_at;
  // As the log has it, an hour behind at most; see CredentialUses for the newest.
  std::optional<Time> used_at;
  std::optional<std::string> used_from;
  std::optional<Time> refused_at;  ///< presented after its end
  std::optional<std::string> refused_from;
  std::uint64_t refusals = 0;

  static void fields(auto& self, auto&& field) {
    field("organization", self.organization);
    field("account", self.account);
    field("kind", self.kind);
    field("digest", self.digest);
    field("hint", self.hint);
    field("key", self.key);
    field("thumbprint", self.thumbprint);
    field("url", self.url);
    field("certificate", self.certificate);
    field("name_type", self.name_type);
    field("name", self.name);
    field("issuer", self.issuer);
    field("sealed", self.sealed);
    field("roles", self.roles);
    field("max_registrations", self.max_registrations);
    field("registrations", self.registrations);
    field("means", self.means);
    field("from", self.from);
    field("agent", self.agent);
    field("label", self.label);
    field("expires_at", self.expires_at);
    field("revoked_at", self.revoked_at);
    field("replaces", self.replaces);
    field("replaced_by", self.replaced_by);
    field("replaced_at", self.replaced_at);
    field("used_at", self.used_at);
    field("used_from", self.used_from);
    field("refused_at", self.refused_at);
    field("refused_from", self.refused_from);
    field("refusals", self.refusals);
  }

  bool is_over(Time now) const { return revoked_at || (expires_at && *expires_at <= now); }
};

/// The credentials of an account: the prefix of their keys, which end with the credential's id.
std::string credential_prefix(const AccountId& account);
/// Entries of the index of those that are not revoked, likewise.
std::string live_credential_prefix(const AccountId& account);
std::string credential_key(const AccountId& account, const CredentialId& id);
/// What an account is found by that presented a secret with this digest: a token, a session or a link alone,
/// a client secret with its client. The row is the key of the credential's.
std::string token_key(std::string_view digest_hex);
std::string client_secret_key(const AccountId& account, std::string_view digest_hex);
/// Likewise for who an outside provider vouches for.
std::string external_identity_key(std::string_view issuer, std::string_view name);
/// There where the token was revoked.
std::string revoked_token_key(const TokenId& id);
CredentialRow parse_credential_row(std::string_view bytes);

class CredentialsProjection final : public Projection {
 public:
  View view() const override { return View::credentials; }
  int version() const override { return 5; }
  int oldest_that_fits() const override { return 4; }
  void apply(const LogEntry& entry, Rows& rows) const override;
};

}  // namespace byline
