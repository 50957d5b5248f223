#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "domain/decision.hpp"
#include "domain/state.hpp"

namespace byline {

// Who may administer an account's credentials: who may edit accounts of its kind; and a user their own. As
// they open what the account may do, nobody can issue one for an account that may do what they may not.
//
// There are too many credentials to be held in the state: what deciding needs of them is in `current`, which
// the writer fills in from the rows at the log's tail.

/// A credential at the log's tail.
struct CredentialState {
  AccountId account;
  CredentialKind kind = CredentialKind::client_secret;
  std::string label;  ///< empty: none
  std::optional<Time> expires_at;
  bool revoked = false;
  Time issued_at;
  Version version;

  bool is_over(Time now) const { return revoked || (expires_at && *expires_at <= now); }
};

/// A secret of Byline's making, of which a digest is kept.
struct MadeSecret {
  /// or access_token, registration_access_token, sign_in_link
  CredentialKind kind = CredentialKind::client_secret;
  std::string digest;
  std::string hint;
};
/// See InitialAccessTokenIssued.
struct InitialAccessProof {
  std::string digest;
  std::string hint;
  std::vector<RoleId> roles;
  std::optional<std::uint64_t> max_registrations;
};
struct CertificateProof {
  std::string certificate;
  std::string thumbprint;
};
struct CertificateNameProof {
  CertificateNameType type = CertificateNameType::subject_dn;
  std::string name;
};
struct PublicKeyProof {
  JsonText key;
  std::string thumbprint;
};
struct KeySetProof {
  std::string url;
};
using CredentialProof = std::variant<MadeSecret, PublicKeyProof, KeySetProof, CertificateProof,
                                     CertificateNameProof, InitialAccessProof>;
CredentialKind kind_of(const CredentialProof& proof);

/// When a link to choose a password by is over, where nothing else is asked for.
Time link_end(Time now);

/// A credential that comes to be together with something else.
struct NewCredential {
  CredentialId id;
  CredentialProof proof;
};
/// The event that it begins with.
Event opening(const AccountId& account, const CredentialProof& proof, const std::optional<std::string>& label,
              const std::optional<Time>& expires_at);

/// One that an account has, and that is not revoked.
struct HeldCredential {
  CredentialId id;
  CredentialKind kind = CredentialKind::client_secret;
  bool over = false;        ///< its time is
  std::string fingerprint;  ///< of a key or certificate its thumbprint, of a key set its address, of a name
                            ///< its type and itself
};

struct IssueCredential {
  static constexpr auto kSubject = SubjectKind::credential;
  CredentialId id;
  SubjectKind holder = SubjectKind::application;  ///< what `account` must be
  AccountId account;
  CredentialProof proof;
  std::optional<std::string> label;
  std::optional<Time> expires_at;
  std::vector<Problem> problems;
  std::size_t held = 0;  ///< credentials of the account that are not revoked; the writer's
};

/// Issues a secret in the place of another, which lives on for `overlap` seconds, and not at all for 0.
struct RotateSecret {
  static constexpr auto kSubject = SubjectKind::credential;
  CredentialId id;
  AccountId account;
  CredentialId replaced;
  std::string digest;
  std::string hint;
  std::optional<std::string> label;  ///< as before where it is not given
  std::optional<Time> expires_at;
  std::int64_t overlap = 0;
  std::vector<Problem> problems;
  std::optional<CredentialState> current;  ///< of the replaced one
  std::size_t held = 0;
};

struct ChangeCredential {
  static constexpr auto kSubject = SubjectKind::credential;
  CredentialId id;
  SubjectKind holder = SubjectKind::application;
  AccountId account;
  std::optional<std::string> label;  ///< an empty one takes it away
  std::optional<std::optional<Time>> expires_at;
  std::vector<Problem> problems;
  std::optional<CredentialState> current;
};

struct RevokeCredential {
  static constexpr auto kSubject = SubjectKind::credential;
  CredentialId id;
  SubjectKind holder = SubjectKind::application;
  AccountId account;
  std::optional<CredentialState> current;
};

/// What was seen of a credential since this was said last. The service's own.
struct NoteCredentialUse {
  static constexpr auto kSubject = SubjectKind::credential_use;
  CredentialId id;
  AccountId account;
  std::optional<CredentialUsed> used;
  std::optional<EndedCredentialPresented> refused;
};

/// Something that is seen again and again was summed up.
struct NoteSeen {
  Subject about;
  std::variant<AuthenticationsFailed, AccessRefused, TokensIssued> sum;

  const Subject& subject() const { return about; }
};

/// Ends an access token before its time: by who has it, or who may edit its account.
struct RevokeToken {
  static constexpr auto kSubject = SubjectKind::token;
  TokenId id;
  AccountId account;
  Time expires_at;
  bool revoked = false;  ///< it is already; the writer's
};

Decision decide(const State& state, const Context& context, const IssueCredential& command);
Decision decide(const State& state, const Context& context, const RotateSecret& command);
Decision decide(const State& state, const Context& context, const ChangeCredential& command);
Decision decide(const State& state, const Context& context, const RevokeCredential& command);
Decision decide(const State& state, const Context& context, const NoteCredentialUse& command);
Decision decide(const State& state, const Context& context, const NoteSeen& command);
Decision decide(const State& state, const Context& context, const RevokeToken& command);

}  // namespace byline
