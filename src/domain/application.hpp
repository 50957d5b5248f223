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

/// How an application is kept within bounds, and who answers for it. Whatever has a value is set; an inner
/// optional without one takes it away.
struct ApplicationSettings {
  std::optional<std::optional<AccountId>> owner;  ///< a user
  std::optional<std::vector<std::string>> tags;
  std::optional<std::optional<Time>> expires_at;
  std::optional<std::vector<std::string>> networks;           ///< see parse_network_text
  std::optional<std::optional<std::int64_t>> token_lifetime;  ///< seconds, within kTokenLifetimes
  std::optional<std::optional<std::int64_t>> rate_limit;      ///< requests a second, within kRateLimits
};

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
  ApplicationSettings settings;
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
  ApplicationSettings settings;
  std::vector<Problem> problems;
};

struct DeleteApplication {
  static constexpr auto kSubject = SubjectKind::application;
  AccountId id;
};

/// Deactivates an application whose time is over. The service's own: nobody else may.
struct ExpireApplication {
  static constexpr auto kSubject = SubjectKind::application;
  AccountId id;
};

Decision decide(const State& state, const Context& context, const RegisterApplication& command);
Decision decide(const State& state, const Context& context, const ChangeApplication& command);
Decision decide(const State& state, const Context& context, const DeleteApplication& command);
Decision decide(const State& state, const Context& context, const ExpireApplication& command);

}  // namespace byline
