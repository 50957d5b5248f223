#include "domain/role.hpp"

#include "domain/default_roles.hpp"
#include "domain/levels.hpp"
#include "domain/rules.hpp"

namespace byline {
namespace {

std::expected<const State::Role*, Rejection> find_for(const State& state, const Context& context,
                                                      const RoleId& id) {
  const auto* role = state.find_role(id);
  if (!role || role->organization != context.organization) return refuse(Code::not_found);
  if (!is_current(context, role->version)) return refuse(Code::stale_version);
  return role;
}

void check_name_free(const State& state, const Context& context, const std::string& name, const RoleId& self,
                     std::vector<Problem>& problems) {
  if (name.empty()) return;  // a problem already
  auto holder = state.role_by_name(context.organization, name);
  if (holder && *holder != self) problems.push_back({Code::role_name_taken, "name", {}});
}

std::string cell_name(Area area, Operation operation) {
  return "permissions/" + std::string(name_of(area)) + "/" + std::string(name_of(operation));
}

/// Every cell must be possible in its area, and nobody may put into a role what they may not do themselves.
void check_permissions(const PermissionMatrix& giver, const PermissionMatrix& permissions,
                       const PermissionMatrix& before, std::vector<Problem>& problems) {
  check_levels(permissions, problems);
  for_each_permission(permissions, [&](Area area, Operation operation, Level level) {
    if (!is_possible(area, level) || level <= giver.at(area, operation) ||
        level <= before.at(area, operation))
      return;
    problems.push_back(
        {Code::role_exceeds_giver, cell_name(area, operation), permission_name(area, operation)});
  });
}

/// What was given, or what the role that it copies gives.
PermissionMatrix permissions_of_new(const State& state, const Context& context, const CreateRole& command,
                                    std::vector<Problem>& problems) {
  if (!command.copied_from) return command.permissions.value_or(PermissionMatrix{});
  const auto* original = state.find_role(*command.copied_from);
  if (command.copied_from->is_nil()) {
    // was not readable as an id, which is a problem already
  } else if (!original || original->organization != context.organization) {
    problems.push_back({Code::unknown_role, "copied_from"});
  } else if (is_locked(original->default_key)) {
    problems.push_back({Code::role_locked, "copied_from", original->name + " is fixed: it cannot be copied"});
  } else if (!command.permissions) {
    return original->permissions;
  }
  return command.permissions.value_or(PermissionMatrix{});
}

}  // namespace

void check_levels(const PermissionMatrix& permissions, std::vector<Problem>& problems) {
  for_each_permission(permissions, [&](Area area, Operation operation, Level level) {
    if (is_possible(area, level)) return;
    problems.push_back(
        {Code::invalid_value, cell_name(area, operation),
         "the level " + std::string(name_of(level)) + " does not exist in " + std::string(name_of(area))});
  });
}

Decision decide(const State& state, const Context& context, const CreateRole& command) {
  auto access = authorize(state, context, Area::admin_roles, Operation::create);
  if (!access) return std::unexpected(access.error());
  auto problems = command.problems;
  if (state.find_role(command.id)) problems.push_back({Code::already_exists, {}, {}});
  check_name_free(state, context, command.name, command.id, problems);
  auto permissions = permissions_of_new(state, context, command, problems);
  check_permissions(*access, permissions, {}, problems);
  if (!problems.empty()) return std::unexpected(Rejection{std::move(problems)});
  return std::vector<NewEvent>{{{SubjectKind::role, command.id},
                                RoleCreated{command.name, permissions, std::nullopt, command.copied_from}}};
}

Decision decide(const State& state, const Context& context, const ChangeRole& command) {
  auto access = authorize(state, context, Area::admin_roles, Operation::edit);
  if (!access) return std::unexpected(access.error());
  auto found = find_for(state, context, command.id);
  if (!found) return std::unexpected(found.error());
  const auto& role = **found;
  if (is_locked(role.default_key))
    return refuse(Code::role_locked, {}, role.name + " is fixed: it cannot be changed or deleted");

  auto problems = command.problems;
  if (command.name && *command.name != role.name)
    check_name_free(state, context, *command.name, command.id, problems);
  if (command.permissions) check_permissions(*access, *command.permissions, role.permissions, problems);
  if (!problems.empty()) return std::unexpected(Rejection{std::move(problems)});

  std::vector<NewEvent> events;
  Subject subject{SubjectKind::role, command.id};
  if (command.name && *command.name != role.name) events.push_back({subject, RoleRenamed{*command.name}});
  if (command.permissions && *command.permissions != role.permissions) {
    events.push_back({subject, RolePermissionsChanged{*command.permissions}});
  }
  return events;
}

Decision decide(const State& state, const Context& context, const DeleteRole& command) {
  auto access = authorize(state, context, Area::admin_roles, Operation::remove);
  if (!access) return std::unexpected(access.error());
  auto found = find_for(state, context, command.id);
  if (!found) return std::unexpected(found.error());
  const auto& role = **found;
  if (role.default_key) {
    return refuse(
        Code::role_locked, {},
        role.name + (is_locked(role.default_key) ? " is fixed: it cannot be changed or deleted"
                                                 : " is a default role: it can be changed, but not deleted"));
  }
  if (role.holders > 0) return refuse(Code::role_in_use, {}, std::to_string(role.holders));
  return std::vector<NewEvent>{{{SubjectKind::role, command.id}, RoleDeleted{}}};
}

}  // namespace byline
