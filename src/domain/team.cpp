#include "domain/team.hpp"

#include <algorithm>

#include "domain/limits.hpp"
#include "domain/rules.hpp"

namespace byline {
namespace {

std::expected<const State::Team*, Rejection> find_for(const State& state, const Context& context,
                                                      const TeamId& id) {
  const auto* team = state.find_team(id);
  if (!team || team->organization != context.organization) return refuse(Code::not_found);
  if (!is_current(context, team->version)) return refuse(Code::stale_version);
  return team;
}

void check_name_free(const State& state, const Context& context, const std::string& name, const TeamId& self,
                     std::vector<Problem>& problems) {
  if (name.empty()) return;  // a problem already
  auto holder = state.team_by_name(context.organization, name);
  if (holder && *holder != self) problems.push_back({Code::team_name_taken, "name"});
}

void check_members(const State& state, const Context& context, const std::vector<AccountId>& members,
                   const std::vector<AccountId>& before, std::vector<Problem>& problems) {
  if (members.size() > kMaxMembersOfTeam) {
    problems.push_back({Code::too_large, "members", std::to_string(kMaxMembersOfTeam) + " members"});
    return;
  }
  for (auto member = members.begin(); member != members.end(); ++member) {
    if (member->is_nil()) continue;  // was not readable as an id, which is a problem already
    auto field = "members/" + std::to_string(member - members.begin());
    if (!is_known_account(state, context, *member)) {
      problems.push_back({Code::unknown_account, std::move(field)});
    } else if (std::find(members.begin(), member, *member) != member) {
      problems.push_back({Code::duplicate_value, std::move(field)});
    } else if (std::ranges::find(before, *member) == before.end() &&
               state.teams_of(*member).size() >= kMaxTeamsOfAccount) {
      problems.push_back(
          {Code::too_large, std::move(field), std::to_string(kMaxTeamsOfAccount) + " teams of an account"});
    }
  }
}

}  // namespace

Decision decide(const State& state, const Context& context, const CreateTeam& command) {
  auto access = authorize(state, context, Area::admin_users, Operation::create);
  if (!access) return std::unexpected(access.error());
  auto problems = command.problems;
  if (state.find_team(command.id)) problems.push_back({Code::already_exists});
  check_name_free(state, context, command.name, command.id, problems);
  check_members(state, context, command.members, {}, problems);
  if (!problems.empty()) return std::unexpected(Rejection{std::move(problems)});
  return std::vector<NewEvent>{{{SubjectKind::team, command.id}, TeamCreated{command.name, command.members}}};
}

Decision decide(const State& state, const Context& context, const ChangeTeam& command) {
  auto access = authorize(state, context, Area::admin_users, Operation::edit);
  if (!access) return std::unexpected(access.error());
  auto found = find_for(state, context, command.id);
  if (!found) return std::unexpected(found.error());
  const auto& team = **found;

  auto problems = command.problems;
  if (command.name && *command.name != team.name)
    check_name_free(state, context, *command.name, command.id, problems);
  if (command.members) check_members(state, context, *command.members, team.members, problems);
  if (!problems.empty()) return std::unexpected(Rejection{std::move(problems)});

  std::vector<NewEvent> events;
  Subject subject{SubjectKind::team, command.id};
  if (command.name && *command.name != team.name) events.push_back({subject, TeamRenamed{*command.name}});
  if (command.members && !std::ranges::is_permutation(*command.members, team.members)) {
    events.push_back({subject, TeamMembersChanged{*command.members}});
  }
  return events;
}

Decision decide(const State& state, const Context& context, const DeleteTeam& command) {
  auto access = authorize(state, context, Area::admin_users, Operation::remove);
  if (!access) return std::unexpected(access.error());
  auto found = find_for(state, context, command.id);
  if (!found) return std::unexpected(found.error());
  return std::vector<NewEvent>{{{SubjectKind::team, command.id}, TeamDeleted{}}};
}

}  // namespace byline
