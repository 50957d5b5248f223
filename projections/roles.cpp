#include "projections/roles.hpp"

#include "projections/key.hpp"
#include "projections/row.hpp"

namespace byline {

std::string role_prefix(const OrganizationId& organization) { return make_key(organization); }
std::string role_key(const OrganizationId& organization, const RoleId& id) {
  return make_key(organization, id);
}
RoleRow parse_role_row(std::string_view bytes) { return parse_row<RoleRow>(bytes); }

void RolesProjection::apply(const LogEntry& entry, Rows& rows) const {
  if (entry.subject.kind != SubjectKind::role) return;
  auto key = role_key(entry.organization, entry.subject.as<RoleId>());
  if (auto* created = std::get_if<RoleCreated>(&entry.event)) {
    rows.put(key, write_row(RoleRow{created->name, created->permissions, created->default_key,
                                    created->copied_from}));
  } else if (auto* renamed = std::get_if<RoleRenamed>(&entry.event)) {
    update_row<RoleRow>(rows, key, [&](auto& row) { row.name = renamed->name; });
  } else if (auto* changed = std::get_if<RolePermissionsChanged>(&entry.event)) {
    update_row<RoleRow>(rows, key, [&](auto& row) { row.permissions = changed->permissions; });
  } else if (std::holds_alternative<RoleDeleted>(entry.event)) {
    rows.erase(key);
  }
}

}  // namespace byline
