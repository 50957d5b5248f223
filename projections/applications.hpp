#pragma once

#include <optional>
#include <string>
#include <vector>

#include "events/field.hpp"
#include "projections/accounts.hpp"
#include "projections/projection.hpp"

namespace byline {

/// A client secret that is not revoked, as far as it matters to its application.
struct SecretSummary {
  CredentialId id;
  Time issued_at;
  std::optional<Time> expires_at;
  std::optional<Time> used_at;  ///< an hour behind at most

  static void fields(auto& self, auto&& field) {
    field("id", self.id);
    field("issued_at", self.issued_at);
    field("expires_at", self.expires_at);
    field("used_at", self.used_at);
  }
};

/// A registered application as its administrators see it.
struct ApplicationRow {
  std::string name;
  std::string email;
  std::optional<std::string> url;
  std::optional<std::string> description;
  AccountStatus status = AccountStatus::active;
  std::vector<RoleId> roles;
  std::optional<AccountId> owner;
  std::vector<std::string> tags;
  std::optional<Time> expires_at;
  std::vector<std::string> networks;
  std::optional<std::int64_t> token_lifetime;  ///< seconds
  std::optional<std::int64_t> rate_limit;      ///< requests a second
  std::vector<SecretSummary> secrets;

  static void fields(auto& self, auto&& field) {
    field("name", self.name);
    field("email", self.email);
    field("url", self.url);
    field("description", self.description);
    field("status", self.status);
    field("roles", self.roles);
    field("owner", self.owner);
    field("tags", self.tags);
    field("expires_at", self.expires_at);
    field("networks", self.networks);
    field("token_lifetime", self.token_lifetime);
    field("rate_limit", self.rate_limit);
    field("secrets", self.secrets);
  }
};

std::string application_prefix(const OrganizationId& organization);
std::string application_key(const OrganizationId& organization, const AccountId& id);
/// Entries of the index of names that look alike (Unicode TR 39 §4): each ends with an application's id.
std::string lookalike_prefix(const OrganizationId& organization, std::string_view name);
inline constexpr std::size_t kLookalikePrefixBytes = 33;
bool is_lookalike_key(std::string_view key);
ApplicationRow parse_application_row(std::string_view bytes);

class ApplicationsProjection final : public Projection {
 public:
  View view() const override { return View::applications; }
  int version() const override { return 5; }
  int oldest_that_fits() const override { return 4; }
  void apply(const LogEntry& entry, Rows& rows) const override;
  LaneOf lane_of() const override { return lane_of_account; }
};

}  // namespace byline
