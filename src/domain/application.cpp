#include "domain/application.hpp"

#include "domain/rules.hpp"

namespace byline {
namespace {

std::optional<std::string> unless_empty(const std::optional<std::string>& text) {
  return text && !text->empty() ? text : std::nullopt;
}

void check_settings(const State& state, const Context& context, const ApplicationSettings& settings,
                    std::vector<Problem>& problems) {
  if (settings.owner && *settings.owner) {
    const auto* owner = state.find_account(**settings.owner);
    if (!owner || owner->organization != context.organization || owner->kind != SubjectKind::user)
      problems.push_back({Code::unknown_account, "owner", {}});
  }
  if (settings.expires_at && *settings.expires_at && **settings.expires_at <= context.now)
    problems.push_back({Code::invalid_value, "expires_at", "it must be in the future"});
}

/// Adds the events that make `settings` so, where they are not.
void add_settings(const State& state, const Subject& subject, const ApplicationSettings& settings,
                  std::vector<NewEvent>& events) {
  auto before = state.settings_of(subject.as<AccountId>());
  auto add = [&](Event event) { events.push_back({subject, std::move(event)}); };
  if (settings.owner && *settings.owner != before.owner) add(ApplicationOwnerChanged{*settings.owner});
  if (settings.tags && fingerprint(*settings.tags) != before.tags)
    add(ApplicationTagsChanged{*settings.tags});
  if (settings.expires_at && *settings.expires_at != before.expires_at)
    add(ApplicationExpiryChanged{*settings.expires_at});
  if (settings.networks && fingerprint(*settings.networks) != before.networks)
    add(ApplicationNetworksChanged{*settings.networks});
  if (settings.token_lifetime && *settings.token_lifetime != before.token_lifetime)
    add(ApplicationTokenLifetimeChanged{*settings.token_lifetime});
  if (settings.rate_limit && *settings.rate_limit != before.rate_limit)
    add(ApplicationRateLimitChanged{*settings.rate_limit});
}

/// It can be active again only for a time that is still to come.
void check_time_left(const State& state, const Context& context, const ChangeApplication& command,
                     std::vector<Problem>& problems) {
  auto end = command.settings.expires_at.value_or(state.settings_of(command.id).expires_at);
  if (command.active == true && end && *end <= context.now)
    problems.push_back({Code::invalid_value, "status", "its expires_at is over: move that, too"});
}

}  // namespace

Decision decide(const State& state, const Context& context, const RegisterApplication& command) {
  auto access = authorize(state, context, Area::admin_applications, Operation::create);
  if (!access) return std::unexpected(access.error());
  auto problems = command.problems;
  if (state.find_account(command.id)) problems.push_back({Code::already_exists, {}, {}});
  check_email_free(state, command.email, {}, problems);
  check_roles(state, context, *access, command.roles, {}, problems);
  check_settings(state, context, command.settings, problems);
  if (!problems.empty()) return std::unexpected(Rejection{std::move(problems)});
  Subject subject{SubjectKind::application, command.id};
  std::vector<NewEvent> events{
      {subject, ApplicationRegistered{command.name, command.email.text, command.email.key, command.roles,
                                      unless_empty(command.url), unless_empty(command.description)}}};
  add_settings(state, subject, command.settings, events);
  events.push_back({{SubjectKind::credential, command.credential},
                    ClientSecretIssued{command.id,
                                       command.secret_digest,
                                       command.secret_hint,
                                       {},
                                       latest_secret_end(state, context.organization, context.now),
                                       {}}});
  return events;
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
  check_settings(state, context, command.settings, problems);
  check_time_left(state, context, command, problems);
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
  add_settings(state, {SubjectKind::application, command.id}, command.settings, events);
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

Decision decide(const State& state, const Context& context, const ExpireApplication& command) {
  if (context.actor != kSystemAccount) return refuse(Code::permission_missing);
  const auto* account = state.find_account(command.id);
  auto end = state.settings_of(command.id).expires_at;
  if (!account || !account->active || !end || *end > context.now) return std::vector<NewEvent>{};
  return std::vector<NewEvent>{{{SubjectKind::application, command.id}, ApplicationExpired{}}};
}

}  // namespace byline
