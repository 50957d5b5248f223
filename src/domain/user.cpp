#include "domain/user.hpp"

#include <algorithm>

#include "domain/rules.hpp"

namespace byline {
namespace {

/// Somebody must be left who can administer the organization.
void check_administrator_left(const State& state, const State::Account& account, const ChangeUser& command,
                              std::vector<Problem>& problems) {
  if (!is_last_administrator(state, account)) return;
  auto role = state.find_organization(account.organization)->administrator_role;
  if (command.active == false) problems.push_back({Code::last_administrator, "status", {}});
  if (command.roles && std::ranges::find(*command.roles, role) == command.roles->end()) {
    problems.push_back({Code::last_administrator, "roles", {}});
  }
}

}  // namespace

Decision decide(const State& state, const Context& context, const CreateUser& command) {
  auto access = authorize(state, context, Area::admin_users, Operation::create);
  if (!access) return std::unexpected(access.error());
  auto problems = command.problems;
  if (state.find_account(command.id)) problems.push_back({Code::already_exists, {}, {}});
  check_email_free(state, command.email, {}, problems);
  check_roles(state, context, *access, command.roles, {}, problems);
  if (!problems.empty()) return std::unexpected(Rejection{std::move(problems)});
  std::optional<Time> end;
  if (command.first.kind == CredentialKind::sign_in_link) end = link_end(context.now);
  return std::vector<NewEvent>{
      {{SubjectKind::user, command.id},
       UserCreated{command.name, command.email.text, command.email.key, command.roles}},
      {{SubjectKind::credential, command.credential},
       opening(command.id, command.first, "First sign-in", end)}};
}

Decision decide(const State& state, const Context& context, const ChangeUser& command) {
  auto access = authorize(state, context, Area::admin_users, Operation::edit);
  if (!access) return std::unexpected(access.error());
  auto found = find_account_for(state, context, command.id, SubjectKind::user);
  if (!found) return std::unexpected(found.error());
  const auto& account = **found;

  auto problems = command.problems;
  // The address is a way in: a link or an outside provider goes by it.
  bool moves = command.email && fingerprint(command.email->text) != account.email_text;
  if (moves && !access->covers(state.access_of(account)))
    problems.push_back({Code::role_exceeds_giver, "email", "what the account may do goes beyond it"});
  if (command.email) check_email_free(state, *command.email, command.id, problems);
  if (command.roles) {
    check_roles(state, context, *access, *command.roles, state.roles_of(account), problems);
  }
  check_administrator_left(state, account, command, problems);
  if (!problems.empty()) return std::unexpected(Rejection{std::move(problems)});

  std::vector<NewEvent> events;
  auto add = [&](Event event) { events.push_back({{SubjectKind::user, command.id}, std::move(event)}); };
  if (command.name && fingerprint(*command.name) != account.name) add(UserRenamed{*command.name});
  if (command.email && fingerprint(command.email->text) != account.email_text) {
    add(UserEmailChanged{command.email->text, command.email->key});
  }
  if (command.roles && !are_same_roles(*command.roles, state.roles_of(account)))
    add(UserRolesChanged{*command.roles});
  if (command.active && *command.active != account.active) {
    if (*command.active) {
      add(UserReactivated{});
    } else {
      add(UserDeactivated{});
    }
  }
  return events;
}

Decision decide(const State& state, const Context& context, const DeleteUser& command) {
  auto access = authorize(state, context, Area::admin_users, Operation::remove);
  if (!access) return std::unexpected(access.error());
  auto found = find_account_for(state, context, command.id, SubjectKind::user);
  if (!found) return std::unexpected(found.error());
  if (is_last_administrator(state, **found)) return refuse(Code::last_administrator);
  auto events = leave_teams(state, command.id);
  // Nobody could end these any more: an outside identity is then free for another account.
  for (const auto& held : command.held) {
    if (is_of_sign_in(held.kind))
      events.push_back({{SubjectKind::credential, held.id}, CredentialRevoked{command.id}});
  }
  events.push_back({{SubjectKind::user, command.id}, UserDeleted{}});
  return events;
}

}  // namespace byline
