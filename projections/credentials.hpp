#pragma once

#include <optional>
#include <string>

#include "events/field.hpp"
#include "projections/projection.hpp"

namespace byline {

/// A secret that an account was given; only its keyed digest is known.
struct CredentialRow {
  CredentialId id;
  OrganizationId organization;
  AccountId account;
  std::string digest;  ///< lower-case hex
  std::string hint;
  std::optional<std::string> label;

  static void fields(auto& self, auto&& field) {
    field("id", self.id);
    field("organization", self.organization);
    field("account", self.account);
    field("digest", self.digest);
    field("hint", self.hint);
    field("label", self.label);
  }
};

/// The client secrets of an application: the prefix of their keys.
std::string client_secret_prefix(const AccountId& account);
/// An access token, by the digest of what was presented.
std::string access_token_key(std::string_view digest_hex);
CredentialRow parse_credential_row(std::string_view bytes);

class CredentialsProjection final : public Projection {
 public:
  View view() const override { return View::credentials; }
  int version() const override { return 1; }
  void apply(const LogEntry& entry, Rows& rows) const override;
};

}  // namespace byline
