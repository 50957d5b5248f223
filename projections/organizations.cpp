#include "projections/organizations.hpp"

#include "projections/key.hpp"
#include "projections/row.hpp"

namespace byline {

std::string organization_key(const OrganizationId& id) { return make_key(id); }
OrganizationRow parse_organization_row(std::string_view bytes) { return parse_row<OrganizationRow>(bytes); }

void OrganizationsProjection::apply(const LogEntry& entry, Rows& rows) const {
  auto key = make_key(entry.organization);
  if (auto* created = std::get_if<OrganizationCreated>(&entry.event)) {
    rows.put(key, write_row(OrganizationRow{created->name, created->plan, {}}));
  } else if (auto* renamed = std::get_if<OrganizationRenamed>(&entry.event)) {
    update_row<OrganizationRow>(rows, key, [&](auto& row) { row.name = renamed->name; });
  } else if (auto* changed = std::get_if<OrganizationPlanChanged>(&entry.event)) {
    update_row<OrganizationRow>(rows, key, [&](auto& row) { row.plan = changed->plan; });
  } else if (auto* aged = std::get_if<OrganizationSecretAgeChanged>(&entry.event)) {
    update_row<OrganizationRow>(rows, key, [&](auto& row) { row.max_secret_days = aged->max_days; });
  }
}

}  // namespace byline
