#include "domain/application.hpp"

#include "domain/rules.hpp"

namespace byline {
namespace {

std::optional<std::string> unless_empty(const std::optional<std::string>& text) {
  return text && !text->empty() ? text : std::nullopt;
}

}  // namespace

Decision decide(const State& state, const Context& context, const RegisterApplication& command) {
  auto access = authorize(state, context, Area::admin_applications, Operation::create);
  if (!access) return std::unexpected(access.error());
  auto problems = command.problems;
  if (state.find_account(command.id)) problems.push_back({Code::already_exists, {}, {}});
  check_email_free(state, command.email, {}, problems);
  check_roles(state, context, *access, command.roles, {}, problems);
  if (!problems.empty()) return std::unexpected(Rejection{std::move(problems)});
  return std::vector<NewEvent>{
      {{SubjectKind::application, command.id},
       ApplicationRegistered{command.name, command.email.text, command.email.key, command.roles,
                             unless_empty(command.url), unless_empty(command.description)}},
      {{SubjectKind::credential, command.credential},
       ClientSecretIssued{command.id, command.secret_digest, command.secret_hint}}};
}

Decision decide(const State& state, const Context& context, const ChangeApplication& command) {
  auto access = authorize(state, context, Area::admin_applications, Operation::edit);
  if (!access) return std::unexpected(access.error());
  auto found = find_account_for(state, context, command.id, SubjectKind::application);
  if (!found) return std::unexpected(found.error());
  const auto& account = **found;

  auto problems = command.problems;
  if (command.email) check_email_free(state, *command.email, command.id, problems);
  if (command.roles) {
    check_roles(state, context, *access, *command.roles, state.roles_of(account), problems);
  }
  if (!problems.empty()) return std::unexpected(Rejection{std::move(problems)});

  std::vector<NewEvent> events;
  auto add = [&](Event event) {
    events.push_back({{SubjectKind::application, command.id}, std::move(event)});
  };
  if (command.name && fingerprint(*command.name) != account.name) add(ApplicationRenamed{*command.name});
  if (command.email && fingerprint(command.email->text) != account.email_text) {
    add(ApplicationEmailChanged{command.email->text, command.email->key});
  }
  if (command.roles && !are_same_roles(*command.roles, state.roles_of(account)))
    add(ApplicationRolesChanged{*command.roles});
  if (command.url && fingerprint(*command.url) != account.url)
    add(ApplicationUrlChanged{unless_empty(command.url)});
  if (command.description && fingerprint(*command.description) != account.description) {
    add(ApplicationDescriptionChanged{unless_empty(command.description)});
  }
  if (command.active && *command.active != account.active) {
    if (*command.active) {
      add(ApplicationReactivated{});
    } else {
      add(ApplicationDeactivated{});
    }
  }
  return events;
}

Decision decide(const State& state, const Context& context, const DeleteApplication& command) {
  auto access = authorize(state, context, Area::admin_applications, Operation::remove);
  if (!access) return std::unexpected(access.error());
  auto found = find_account_for(state, context, command.id, SubjectKind::application);
  if (!found) return std::unexpected(found.error());
  auto events = leave_teams(state, command.id);
  events.push_back({{SubjectKind::application, command.id}, ApplicationDeleted{}});
  return events;
}

}  // namespace byline
