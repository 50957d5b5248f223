#include "domain/record_access.hpp"

#include <algorithm>

#include "domain/levels.hpp"
#include "domain/rules.hpp"

namespace byline {

Level level_needed(const RecordAccess& access, const AccountId& account, std::span<const TeamId> teams) {
  if (access.assignee == account && !account.is_nil()) return Level::assignments;
  if (access.list.empty() || std::ranges::binary_search(access.list.accounts, account)) return Level::limited;
  bool by_team = std::ranges::any_of(
      teams, [&](const TeamId& team) { return std::ranges::binary_search(access.list.teams, team); });
  return by_team ? Level::limited : Level::all;
}

std::vector<Permission> permissions_needed(const Collection& collection, Operation operation, Level needed) {
  std::vector<Permission> permissions;
  auto add = [&](Operation one) {
    for (Area area : collection.permissions.of(one))
      permissions.push_back({area, one, possible_at_least(area, needed)});
  };
  add(operation);
  if (operation == Operation::edit || operation == Operation::remove) add(Operation::view);
  return permissions;
}

Level reach_in(const Collection& collection, Operation operation, const PermissionMatrix& access) {
  auto level = level_in(collection, operation, access);
  if (operation == Operation::create) return level;
  return std::min(level, level_in(collection, Operation::view, access));
}

std::vector<Problem> missing_permissions(const Collection& collection, Operation operation,
                                         const PermissionMatrix& access, Level needed) {
  std::vector<Problem> missing;
  for (Area area : collection.permissions.of(operation)) {
    Level held = access.at(area, operation);
    if (held >= needed) continue;
    missing.push_back(missing_permission({area, operation, possible_at_least(area, needed)}, held));
  }
  return missing;
}

std::expected<void, Rejection> permit_in(const Collection& collection, Operation operation,
                                         const PermissionMatrix& access) {
  std::vector<Problem> missing;
  for (const auto& permission : permissions_needed(collection, operation, Level::assignments)) {
    Level held = access.at(permission.area, permission.operation);
    if (held == Level::none) missing.push_back(missing_permission(permission, held));
  }
  if (missing.empty()) return {};
  return std::unexpected(Rejection{std::move(missing)});
}

std::expected<void, Rejection> permit(const Collection& collection, Operation operation,
                                      const PermissionMatrix& access, std::optional<Level> needed) {
  // Who sees none of the collection is told so, whatever is there.
  if (auto seen = permit_in(collection, Operation::view, access); !seen) {
    return operation == Operation::view ? seen : permit_in(collection, operation, access);
  }
  if (!needed || level_in(collection, Operation::view, access) < *needed) {
    return std::unexpected(Rejection{{Problem{Code::not_found, {}, {}, {}}}});
  }
  auto missing = missing_permissions(collection, operation, access, *needed);
  if (missing.empty()) return {};
  return std::unexpected(Rejection{std::move(missing)});
}

}  // namespace byline
