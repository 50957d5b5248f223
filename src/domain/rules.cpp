#include "domain/rules.hpp"

#include <algorithm>

#include "domain/limits.hpp"

namespace byline {

std::string permission_name(Area area, Operation operation) {
  return std::string(name_of(area)) + ":" + std::string(name_of(operation));
}

Problem missing_permission(const Permission& permission, Level held) {
  auto detail = permission_name(permission.area, permission.operation);
  if (held != Level::none) detail += " at the level " + std::string(name_of(permission.level));
  return {Code::permission_missing, {}, std::move(detail), permission};
}

std::expected<PermissionMatrix, Rejection> authenticate(const State& state, const Context& context) {
  if (context.actor == kSystemAccount) {
    PermissionMatrix everything;
    for (std::size_t area = 0; area < kAreaCount; ++area) {
      for (std::size_t operation = 0; operation < kOperationCount; ++operation) {
        everything.set(static_cast<Area>(area), static_cast<Operation>(operation), Level::all);
      }
    }
    return everything;
  }
  const auto* account = state.find_account(context.actor);
  if (!account || !account->active || account->organization != context.organization) {
    return refuse(Code::account_inactive);
  }
  const auto* organization = state.find_organization(account->organization);
  if (account->kind == SubjectKind::application && organization->plan != Plan::enterprise) {
    return refuse(Code::api_not_licensed);
  }
  auto access = state.access_of(*account);
  if (context.scope) access.keep(*context.scope);
  return access;
}

std::expected<PermissionMatrix, Rejection> authorize(const State& state, const Context& context, Area area,
                                                     Operation operation) {
  auto access = authenticate(state, context);
  if (access && access->at(area, operation) != Level::all) {
    return std::unexpected(
        Rejection{{missing_permission({area, operation, Level::all}, access->at(area, operation))}});
  }
  return access;
}

bool is_current(const Context& context, Version version) {
  return !context.expected || *context.expected == version;
}

std::expected<const State::Account*, Rejection> find_account_for(const State& state, const Context& context,
                                                                 const AccountId& id, SubjectKind kind) {
  const auto* account = state.find_account(id);
  if (!account || account->kind != kind || account->organization != context.organization) {
    return refuse(Code::not_found);
  }
  if (!is_current(context, account->version)) return refuse(Code::stale_version);
  return account;
}

bool is_known_account(const State& state, const Context& context, const AccountId& id) {
  const auto* account = state.find_account(id);
  return account && account->organization == context.organization;
}

void check_email_free(const State& state, const EmailAddress& email, const AccountId& self,
                      std::vector<Problem>& problems) {
  if (email.key.empty()) return;  // was not readable as an address, which is a problem already
  auto digest = digest_email_key(email.key);
  const auto* account = state.find_account(self);
  if (account && account->email == digest) return;
  if (state.is_email_taken(digest)) problems.push_back({Code::email_taken, "email", {}});
}

void check_roles(const State& state, const Context& context, const PermissionMatrix& giver,
                 const std::vector<RoleId>& roles, const std::vector<RoleId>& held,
                 std::vector<Problem>& problems) {
  if (roles.empty()) problems.push_back({Code::required, "roles", {}});
  if (roles.size() > kMaxRolesOfAccount) {
    problems.push_back({Code::too_large, "roles", std::to_string(kMaxRolesOfAccount) + " roles"});
    return;
  }
  for (std::size_t i = 0; i < roles.size(); ++i) {
    if (roles[i].is_nil()) continue;  // was not readable as an id, which is a problem already
    auto field = "roles/" + std::to_string(i);
    const auto* role = state.find_role(roles[i]);
    if (!role || role->organization != context.organization) {
      problems.push_back({Code::unknown_role, std::move(field), {}});
    } else if (std::find(roles.begin(), roles.begin() + static_cast<std::ptrdiff_t>(i), roles[i]) !=
               roles.begin() + static_cast<std::ptrdiff_t>(i)) {
      problems.push_back({Code::duplicate_value, std::move(field), {}});
    } else if (std::ranges::find(held, roles[i]) == held.end() && !giver.covers(role->permissions)) {
      problems.push_back({Code::role_exceeds_giver, std::move(field), role->name});
    }
  }
}

bool are_same_roles(const std::vector<RoleId>& a, const std::vector<RoleId>& b) {
  return std::ranges::is_permutation(a, b);
}

std::vector<NewEvent> leave_teams(const State& state, const AccountId& account) {
  std::vector<NewEvent> events;
  for (const TeamId& team : state.teams_of(account)) {
    auto members = state.find_team(team)->members;
    std::erase(members, account);
    events.push_back({{SubjectKind::team, team}, TeamMembersChanged{std::move(members)}});
  }
  return events;
}

std::optional<Time> latest_secret_end(const State& state, const OrganizationId& organization, Time from) {
  constexpr std::int64_t kMicrosPerDay = 24LL * 60 * 60 * 1'000'000;
  const auto* home = state.find_organization(organization);
  if (!home || !home->max_secret_days) return std::nullopt;
  return Time{from.micros + *home->max_secret_days * kMicrosPerDay};
}

bool came_by_ending_token(const Context& context) {
  return context.credential_kind == CredentialKind::access_token && context.credential_ends.has_value();
}

bool is_last_administrator(const State& state, const State::Account& account) {
  const auto& organization = *state.find_organization(account.organization);
  return account.kind == SubjectKind::user && account.active &&
         state.has_role(account, organization.administrator_role) && organization.active_administrators == 1;
}

}  // namespace byline
