#include "domain/application.hpp"

#include <algorithm>
#include <iterator>

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
  if (settings.owner && fingerprint(*settings.owner) != before.owner)
    add(ApplicationOwnerChanged{*settings.owner});
  if (settings.tags && fingerprint(*settings.tags) != before.tags)
    add(ApplicationTagsChanged{*settings.tags});
  if (settings.expires_at && *settings.expires_at != before.expires_at)
    add(ApplicationExpiryChanged{*settings.expires_at});
  if (settings.networks && fingerprint(*settings.networks) != before.networks)
    add(ApplicationNetworksChanged{*settings.networks});
  if (settings.token_lifetime && settings.token_lifetime->value_or(0) != before.token_lifetime)
    add(ApplicationTokenLifetimeChanged{*settings.token_lifetime});
  if (settings.rate_limit && settings.rate_limit->value_or(0) != before.rate_limit)
    add(ApplicationRateLimitChanged{*settings.rate_limit});
}

/// It can be active again only for a time that is still to come.
void check_time_left(const State& state, const Context& context, const ChangeApplication& command,
                     std::vector<Problem>& problems) {
  auto end = command.settings.expires_at.value_or(state.settings_of(command.id).expires_at);
  if (command.active == true && end && *end <= context.now)
    problems.push_back({Code::invalid_value, "status", "its expires_at is over: move that, too"});
}

/// What the command changes about the application itself.
void add_changes(const State& state, const ChangeApplication& command, const State::Account& account,
                 std::vector<NewEvent>& events) {
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
}

/// Roles that exist, but that the caller's initial access token does not give.
void check_granted(const RegistrationGrant& grant, const std::vector<RoleId>& roles,
                   std::vector<Problem>& problems) {
  for (std::size_t i = 0; i < roles.size(); ++i) {
    if (std::ranges::find(grant.roles, roles[i]) == grant.roles.end())
      problems.push_back({Code::role_exceeds_giver, "roles/" + std::to_string(i),
                          "the initial access token does not give this role"});
  }
}

void add_credentials(const State& state, const Context& context, const AccountId& account,
                     const std::vector<NewCredential>& credentials, std::vector<NewEvent>& events) {
  for (const auto& [id, proof] : credentials) {
    auto end = kind_of(proof) == CredentialKind::client_secret
                   ? latest_secret_end(state, context.organization, context.now)
                   : std::nullopt;
    events.push_back({{SubjectKind::credential, id}, opening(account, proof, {}, end)});
  }
}

bool is_key(CredentialKind kind) {
  return kind == CredentialKind::public_key || kind == CredentialKind::key_set ||
         kind == CredentialKind::certificate || kind == CredentialKind::certificate_name;
}
/// As HeldCredential has it.
std::string fingerprint_of(const CredentialProof& proof) {
  if (const auto* key = std::get_if<PublicKeyProof>(&proof)) return key->thumbprint;
  if (const auto* certificate = std::get_if<CertificateProof>(&proof)) return certificate->thumbprint;
  if (const auto* name = std::get_if<CertificateNameProof>(&proof))
    return std::string(name_of(name->type)) + ":" + name->name;
  const auto* set = std::get_if<KeySetProof>(&proof);
  return set ? set->url : std::string();
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
  if (command.initial_access) {
    if (!command.grant || !command.grant->is_good) return refuse(Code::credential_over);
    check_granted(*command.grant, command.roles, problems);
  }
  if (!problems.empty()) return std::unexpected(Rejection{std::move(problems)});
  Subject subject{SubjectKind::application, command.id};
  std::vector<NewEvent> events{
      {subject, ApplicationRegistered{command.name, command.email.text, command.email.key, command.roles,
                                      unless_empty(command.url), unless_empty(command.description)}}};
  add_settings(state, subject, command.settings, events);
  add_credentials(state, context, command.id, command.credentials, events);
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
  add_changes(state, command, account, events);
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

Decision decide(const State& state, const Context& context, const ChangeRegistration& command) {
  auto access = authenticate(state, context);
  if (!access) return std::unexpected(access.error());
  if (context.actor != command.id) return refuse(Code::permission_missing);
  auto found = find_account_for(state, context, command.id, SubjectKind::application);
  if (!found) return std::unexpected(found.error());
  auto problems = command.problems;
  check_email_free(state, command.email, command.id, problems);
  bool had_secret = std::ranges::any_of(
      command.held, [](const HeldCredential& held) { return held.kind == CredentialKind::client_secret; });
  if (command.has_secret != had_secret)
    problems.push_back({Code::invalid_value, "token_endpoint_auth_method", "it stays what it was"});
  if (!problems.empty()) return std::unexpected(Rejection{std::move(problems)});

  std::vector<NewEvent> events;
  ChangeApplication change;
  change.name = command.name;
  change.email = command.email;
  change.url = command.url;
  change.id = command.id;
  add_changes(state, change, **found, events);
  auto stays = [&](const HeldCredential& held) {
    return std::ranges::any_of(command.keys, [&](const NewCredential& key) {
      return kind_of(key.proof) == held.kind && fingerprint_of(key.proof) == held.fingerprint;
    });
  };
  auto is_new = [&](const NewCredential& key) {
    return std::ranges::none_of(command.held, [&](const HeldCredential& held) {
      return kind_of(key.proof) == held.kind && fingerprint_of(key.proof) == held.fingerprint;
    });
  };
  for (const auto& held : command.held) {
    if (is_key(held.kind) && !stays(held))
      events.push_back({{SubjectKind::credential, held.id}, CredentialRevoked{command.id}});
  }
  std::vector<NewCredential> added;
  std::ranges::copy_if(command.keys, std::back_inserter(added), is_new);
  add_credentials(state, context, command.id, added, events);
  return events;
}

Decision decide(const State& state, const Context& context, const DeleteApplication& command) {
  bool own = command.by_itself && context.actor == command.id;
  auto access = own ? authenticate(state, context)
                    : authorize(state, context, Area::admin_applications, Operation::remove);
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
