#include "domain/default_roles.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace byline {
namespace {

using enum Operation;

struct Grant {
  Area area;
  std::initializer_list<Operation> operations;
  Level level = Level::all;
};

PermissionMatrix matrix(std::initializer_list<Grant> grants) {
  PermissionMatrix permissions;
  for (const Grant& grant : grants) {
    for (Operation operation : grant.operations) permissions.set(grant.area, operation, grant.level);
  }
  return permissions;
}

PermissionMatrix observer(Area area) { return matrix({{area, {view}}, {Area::people, {view}}}); }
PermissionMatrix supervisor(Area area) {
  return matrix({{area, {view, edit, create, remove}}, {Area::people, {view, edit, create, remove}}});
}

std::array<DefaultRole, kDefaultRoleCount> make_default_roles() {
  auto admin = matrix({{Area::admin_applications, {view, edit, create, remove}},
                       {Area::admin_users, {view, edit, create, remove}},
                       {Area::admin_roles, {view, edit, create, remove}},
                       {Area::admin_organization, {view, edit, create, remove}},
                       {Area::admin_audit, {view, edit, create, remove}},
                       {Area::admin_projections, {view, edit, create, remove}}});
  auto engage_worker = matrix({{Area::engage, {view, edit}, Level::assignments},
                               {Area::engage, {create}},
                               {Area::people, {view, edit, create}}});
  auto intake_worker =
      matrix({{Area::intake, {view, edit, create, remove}}, {Area::people, {view, edit, create}}});
  auto provider_worker =
      matrix({{Area::provider_management, {view, edit, create}}, {Area::people, {view, edit, create}}});
  constexpr bool locked = true, open = false, first = true, later = false;
  return {{
      {"admin", "Admin", admin, locked, first},
      {"application_portal_user", "Application Portal User", matrix({{Area::portal, {view, edit, create}}}),
       locked, first},
      {"provider_portal_user", "Provider Portal User",
       matrix({{Area::provider_portal, {view, edit, create}}}), locked, first},
      {"engage_observer", "Engage Observer", observer(Area::engage), open, later},
      {"engage_worker", "Engage Worker", engage_worker, open, later},
      {"engage_supervisor", "Engage Supervisor", supervisor(Area::engage), open, first},
      {"intake_observer", "Intake Observer", observer(Area::intake), open, later},
      {"intake_worker", "Intake Worker", intake_worker, open, later},
      {"intake_supervisor", "Intake Supervisor", supervisor(Area::intake), open, first},
      {"provider_observer", "Provider Observer", observer(Area::provider_management), open, later},
      {"provider_worker", "Provider Worker", provider_worker, open, later},
      {"provider_supervisor", "Provider Supervisor", supervisor(Area::provider_management), open, first},
      {"reporting_observer", "Reporting Observer", matrix({{Area::reporting, {view}}}), locked, later},
      {"reporting_admin", "Reporting Admin", matrix({{Area::reporting, {view, edit, create, remove}}}),
       locked, first},
  }};
}

}  // namespace

std::span<const DefaultRole, kDefaultRoleCount> default_roles() {
  static const auto roles = make_default_roles();
  return roles;
}

const DefaultRole* find_default_role(std::string_view key) {
  auto roles = default_roles();
  auto found = std::ranges::find(roles, key, &DefaultRole::key);
  return found == roles.end() ? nullptr : &*found;
}

bool is_locked(const std::optional<std::string>& default_key) {
  return default_key && find_default_role(*default_key)->locked;
}

}  // namespace byline
