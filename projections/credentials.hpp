#pragma once

#include <optional>
#include <string>

#include "events/credential.hpp"
#include "projections/projection.hpp"

namespace byline {

/// What an account proves itself with, whether or not it still does.
struct CredentialRow {
  OrganizationId organization;
  AccountId account;
  CredentialKind kind = CredentialKind::client_secret;
  std::optional<std::string> digest;  ///< of a secret or an access token: lower-case hex
  std::optional<std::string> hint;
  std::optional<JsonText> key;  ///< a public key's JWK
  std::optional<std::string> thumbprint;
  std::optional<std::string> url;  ///< of a key set
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
std::string credential_key(const AccountId& account, const CredentialId& id);
/// What an account is found by that presented a secret with this digest: an access token alone, a client
/// secret with its client. The row is the key of the credential's.
std::string access_token_key(std::string_view digest_hex);
std::string client_secret_key(const AccountId& account, std::string_view digest_hex);
/// There where the token was revoked.
std::string revoked_token_key(const TokenId& id);
CredentialRow parse_credential_row(std::string_view bytes);

class CredentialsProjection final : public Projection {
 public:
  View view() const override { return View::credentials; }
  int version() const override { return 2; }
  void apply(const LogEntry& entry, Rows& rows) const override;
};

}  // namespace byline
