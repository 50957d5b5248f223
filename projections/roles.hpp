#pragma once

#include <optional>
#include <string>

#include "events/field.hpp"
#include "projections/projection.hpp"

namespace byline {

struct RoleRow {
  std::string name;
  PermissionMatrix permissions;
  std::optional<std::string> default_key;
  std::optional<RoleId> copied_from;

  static void fields(auto& self, auto&& field) {
    field("name", self.name);
    field("permissions", self.permissions);
    field("default_key", self.default_key);
    field("copied_from", self.copied_from);
  }
};

std::string role_prefix(const OrganizationId& organization);
std::string role_key(const OrganizationId& organization, const RoleId& id);
RoleRow parse_role_row(std::string_view bytes);

class RolesProjection final : public Projection {
 public:
  View view() const override { return View::roles; }
  int version() const override { return 2; }
  int oldest_that_fits() const override { return 1; }
  void apply(const LogEntry& entry, Rows& rows) const override;
};

}  // namespace byline
