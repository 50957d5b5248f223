#include "domain/organization.hpp"

#include "domain/rules.hpp"

namespace byline {

Decision decide(const State& state, const Context& context, const FoundOrganization& command) {
  if (context.actor != kSystemAccount) return refuse(Code::permission_missing);
  auto problems = command.problems;
  if (state.find_organization(command.id)) problems.push_back({Code::already_exists, {}, {}});
  check_email_free(state, command.administrator_email, {}, problems);
  if (!problems.empty()) return std::unexpected(Rejection{std::move(problems)});

  std::vector<NewEvent> events;
  events.push_back(
      {{SubjectKind::organization, command.id}, OrganizationCreated{command.name, command.plan}});
  std::vector<RoleId> administrator_roles;
  auto roles = default_roles();
  for (std::size_t i = 0; i < roles.size(); ++i) {
    events.push_back(
        {{SubjectKind::role, command.roles[i]},
         RoleCreated{std::string(roles[i].name), roles[i].permissions, std::string(roles[i].key), {}}});
    if (roles[i].of_first_administrator) administrator_roles.push_back(command.roles[i]);
  }
  events.push_back({{SubjectKind::user, command.administrator},
                    UserCreated{command.administrator_name, command.administrator_email.text,
                                command.administrator_email.key, administrator_roles}});
  events.push_back(
      {{SubjectKind::credential, command.credential},
       AccessTokenIssued{command.administrator, "First sign-in", command.token_digest, command.token_hint}});
  return events;
}

Decision decide(const State& state, const Context& context, const ChangeOrganization& command) {
  auto access = authorize(state, context, Area::admin_organization, Operation::edit);
  if (!access) return std::unexpected(access.error());
  const auto* organization = state.find_organization(command.id);
  if (!organization || command.id != context.organization) return refuse(Code::not_found);
  if (!is_current(context, organization->version)) return refuse(Code::stale_version);
  if (!command.problems.empty()) return std::unexpected(Rejection{command.problems});

  std::vector<NewEvent> events;
  Subject subject{SubjectKind::organization, command.id};
  if (command.name && fingerprint(*command.name) != organization->name) {
    events.push_back({subject, OrganizationRenamed{*command.name}});
  }
  if (command.plan && *command.plan != organization->plan) {
    events.push_back({subject, OrganizationPlanChanged{*command.plan}});
  }
  if (command.max_secret_days && *command.max_secret_days != organization->max_secret_days) {
    events.push_back({subject, OrganizationSecretAgeChanged{*command.max_secret_days}});
  }
  return events;
}

}  // namespace byline
