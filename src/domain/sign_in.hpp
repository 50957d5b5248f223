#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/credential.hpp"

namespace byline {

// How a user signs in. All of it is done by the user: the caller of these commands was found to be it before
// they are decided, by the credential that `verified` or `link` names, which must still be there then.
//
// `held` is what the account has at the log's tail; the writer fills it in.

/// Sets the password: in the place of `verified`, the one that was known; or by a link, which is used up; or
/// the first one. The user's other sessions and links end.
struct SetPassword {
  static constexpr auto kSubject = SubjectKind::credential;
  CredentialId id;
  AccountId account;
  std::string sealed_hash;
  std::optional<CredentialId> verified;
  std::optional<CredentialId> link;
  std::vector<Problem> problems;
  std::vector<HeldCredential> held;
};

/// From now on one-time passwords of this device are wanted, in the place of another's.
struct RegisterTotp {
  static constexpr auto kSubject = SubjectKind::credential;
  CredentialId id;
  AccountId account;
  std::string sealed_secret;
  std::optional<std::string> label;
  std::vector<Problem> problems;
  std::vector<HeldCredential> held;
};

/// Who an outside provider says that the user is.
struct ExternalIdentity {
  std::string issuer;
  std::string name;  ///< `sub`
};

/// Signs the user in: by the password that `verified` names, or as an outside identity, which is linked to
/// the account at the first time.
struct StartSession {
  static constexpr auto kSubject = SubjectKind::credential;
  CredentialId id;
  AccountId account;
  std::string digest;
  SignInMeans means = SignInMeans::password;
  std::string from;
  std::optional<std::string> agent;
  Time expires_at;
  std::optional<CredentialId> verified;
  std::optional<ExternalIdentity> identity;
  CredentialId identity_id;  ///< of the link, should it be made
  std::vector<HeldCredential> held;
  std::optional<AccountId> linked_to;  ///< the account that the identity belongs to; the writer's
};

Decision decide(const State& state, const Context& context, const SetPassword& command);
Decision decide(const State& state, const Context& context, const RegisterTotp& command);
Decision decide(const State& state, const Context& context, const StartSession& command);

}  // namespace byline
