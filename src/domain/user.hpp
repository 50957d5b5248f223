#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/decision.hpp"
#include "domain/email.hpp"
#include "domain/state.hpp"

namespace byline {

// See application.hpp for `problems`.

struct CreateUser {
  AccountId id;
  std::string name;
  EmailAddress email;
  std::vector<RoleId> roles;
  std::vector<Problem> problems;
};

/// Whatever has a value is changed, in one commit.
struct ChangeUser {
  AccountId id;
  std::optional<std::string> name;
  std::optional<EmailAddress> email;
  std::optional<std::vector<RoleId>> roles;
  std::optional<bool> active;
  std::vector<Problem> problems;
};

struct DeleteUser {
  AccountId id;
};

Decision decide(const State& state, const Context& context, const CreateUser& command);
Decision decide(const State& state, const Context& context, const ChangeUser& command);
Decision decide(const State& state, const Context& context, const DeleteUser& command);

}  // namespace byline
