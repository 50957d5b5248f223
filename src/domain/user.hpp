#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/credential.hpp"
#include "domain/decision.hpp"
#include "domain/email.hpp"
#include "domain/state.hpp"

namespace byline {

// See application.hpp for `problems`.

struct CreateUser {
  static constexpr auto kSubject = SubjectKind::user;
  AccountId id;
  std::string name;
  EmailAddress email;
  std::vector<RoleId> roles;
  CredentialId credential;
  MadeSecret first{CredentialKind::access_token,
                   {},
                   {}};  ///< an access token without an end, or a link to choose a password by
  std::vector<Problem> problems;
};

/// Whatever has a value is changed, in one commit.
struct ChangeUser {
  static constexpr auto kSubject = SubjectKind::user;
  AccountId id;
  std::optional<std::string> name;
  std::optional<EmailAddress> email;
  std::optional<std::vector<RoleId>> roles;
  std::optional<bool> active;
  std::vector<Problem> problems;
};

struct DeleteUser {
  static constexpr auto kSubject = SubjectKind::user;
  AccountId id;
  std::vector<HeldCredential> held = {};  ///< the writer's
};

Decision decide(const State& state, const Context& context, const CreateUser& command);
Decision decide(const State& state, const Context& context, const ChangeUser& command);
Decision decide(const State& state, const Context& context, const DeleteUser& command);

}  // namespace byline
