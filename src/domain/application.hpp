#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/decision.hpp"
#include "domain/email.hpp"
#include "domain/state.hpp"

namespace byline {

// Commands carry values that were read and checked one by one (email.hpp, text.hpp); what was found wrong
// with them then travels in `problems`, so that the answer can name everything at once, what the state
// objects to too.

struct RegisterApplication {
  static constexpr auto kSubject = SubjectKind::application;
  AccountId id;
  CredentialId credential;
  std::string secret_digest;
  std::string secret_hint;
  std::string name;
  EmailAddress email;
  std::vector<RoleId> roles;
  std::optional<std::string> url;
  std::optional<std::string> description;
  std::vector<Problem> problems;
};

/// Whatever has a value is changed: renames, moves the address, sets roles, link and description (an empty
/// text takes these two away), deactivates and reactivates. All of it in one commit.
struct ChangeApplication {
  static constexpr auto kSubject = SubjectKind::application;
  AccountId id;
  std::optional<std::string> name;
  std::optional<EmailAddress> email;
  std::optional<std::vector<RoleId>> roles;
  std::optional<std::string> url;
  std::optional<std::string> description;
  std::optional<bool> active;
  std::vector<Problem> problems;
};

struct DeleteApplication {
  static constexpr auto kSubject = SubjectKind::application;
  AccountId id;
};

Decision decide(const State& state, const Context& context, const RegisterApplication& command);
Decision decide(const State& state, const Context& context, const ChangeApplication& command);
Decision decide(const State& state, const Context& context, const DeleteApplication& command);

}  // namespace byline
