#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "domain/decision.hpp"
#include "domain/default_roles.hpp"
#include "domain/email.hpp"
#include "domain/state.hpp"

namespace byline {

// See application.hpp for `problems`.

/// An organization with its default roles, its first administrator and that administrator's token. Only an
/// operator can do it, at the command line.
struct FoundOrganization {
  static constexpr auto kSubject = SubjectKind::organization;
  OrganizationId id;
  std::string name;
  Plan plan = Plan::enterprise;
  std::array<RoleId, kDefaultRoleCount> roles;
  AccountId administrator;
  std::string administrator_name;
  EmailAddress administrator_email;
  CredentialId credential;
  std::string token_digest;
  std::string token_hint;
  std::vector<Problem> problems;
};

struct ChangeOrganization {
  static constexpr auto kSubject = SubjectKind::organization;
  OrganizationId id;
  std::optional<std::string> name;
  std::optional<Plan> plan;
  std::optional<std::optional<std::int64_t>> max_secret_days;  ///< within kSecretAges
  std::vector<Problem> problems;
};

Decision decide(const State& state, const Context& context, const FoundOrganization& command);
Decision decide(const State& state, const Context& context, const ChangeOrganization& command);

}  // namespace byline
