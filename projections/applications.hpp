#pragma once

#include <optional>
#include <string>
#include <vector>

#include "events/field.hpp"
#include "projections/accounts.hpp"
#include "projections/projection.hpp"

namespace byline {

/// A registered application as its administrators see it.
struct ApplicationRow {
  std::string name;
  std::string email;
  std::optional<std::string> url;
  std::optional<std::string> description;
  AccountStatus status = AccountStatus::active;
  std::vector<RoleId> roles;

  static void fields(auto& self, auto&& field) {
    field("name", self.name);
    field("email", self.email);
    field("url", self.url);
    field("description", self.description);
    field("status", self.status);
    field("roles", self.roles);
  }
};

std::string application_prefix(const OrganizationId& organization);
std::string application_key(const OrganizationId& organization, const AccountId& id);
/// Entries of the index of names that look alike (Unicode TR 39 §4): each ends with an application's id.
std::string lookalike_prefix(const OrganizationId& organization, std::string_view name);
ApplicationRow parse_application_row(std::string_view bytes);

class ApplicationsProjection final : public Projection {
 public:
  View view() const override { return View::applications; }
  int version() const override { return 2; }
  void apply(const LogEntry& entry, Rows& rows) const override;
};

}  // namespace byline
