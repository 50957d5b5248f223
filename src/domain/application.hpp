#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/credential.hpp"
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

/// What an initial access token allows, at the log's tail.
struct RegistrationGrant {
  std::vector<RoleId> roles;
  bool is_good = false;  ///< not over, and not used up
};

struct RegisterApplication {
  static constexpr auto kSubject = SubjectKind::application;
  AccountId id;
  std::vector<NewCredential> credentials;
  std::string name;
  EmailAddress email;
  std::vector<RoleId> roles;
  std::optional<std::string> url;
  std::optional<std::string> description;
  ApplicationSettings settings;
  std::vector<Problem> problems;
  std::optional<CredentialId> initial_access;  ///< the caller's token, where the application registers itself
  std::optional<RegistrationGrant> grant;      ///< of that token; the writer's
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

/// What an application changes about itself that registered itself (RFC 7592 §2.2). Its roles are not its own
/// to change.
struct ChangeRegistration {
  static constexpr auto kSubject = SubjectKind::application;
  AccountId id;
  std::string name;
  EmailAddress email;
  std::string url;                  ///< empty takes it away
  std::vector<NewCredential> keys;  ///< in the place of all that it has
  bool has_secret = false;          ///< it goes on to prove itself by a secret, without keys
  std::vector<Problem> problems;
  std::vector<HeldCredential> held;  ///< the writer's
};

struct DeleteApplication {
  static constexpr auto kSubject = SubjectKind::application;
  AccountId id;
  bool by_itself = false;  ///< by the token that its registration gave it
};

/// Deactivates an application whose time is over. The service's own: nobody else may.
struct ExpireApplication {
  static constexpr auto kSubject = SubjectKind::application;
  AccountId id;
};

Decision decide(const State& state, const Context& context, const RegisterApplication& command);
Decision decide(const State& state, const Context& context, const ChangeApplication& command);
Decision decide(const State& state, const Context& context, const ChangeRegistration& command);
Decision decide(const State& state, const Context& context, const DeleteApplication& command);
Decision decide(const State& state, const Context& context, const ExpireApplication& command);

}  // namespace byline
