#pragma once

#include <string>

#include "domain/decision.hpp"
#include "domain/state.hpp"

namespace byline {

// The keys that access tokens are signed with are the whole deployment's. What the service does about them by
// itself belongs to no organization.

/// Adds a key, to sign from `use_from`. For who may edit an organization.
struct CreateSigningKey {
  static constexpr auto kSubject = SubjectKind::signing_key;
  SigningKeyId id;
  SignatureAlgorithm algorithm = SignatureAlgorithm::es256;
  JsonText public_key;
  std::string sealed_key;
  Time use_from;
};

/// Voids a key and all that it signed. The operator's, at the command line.
struct RevokeSigningKey {
  static constexpr auto kSubject = SubjectKind::signing_key;
  SigningKeyId id;
};

Decision decide(const State& state, const Context& context, const CreateSigningKey& command);
Decision decide(const State& state, const Context& context, const RevokeSigningKey& command);

}  // namespace byline
