#pragma once

#include <string>

#include "domain/decision.hpp"
#include "domain/state.hpp"

namespace byline {

/// Has checkpoints signed with another key, or with a first one. The service's own; the key is the whole
/// deployment's.
struct CreateCheckpointKey {
  static constexpr auto kSubject = SubjectKind::signing_key;
  SigningKeyId id;
  std::string verifier_key;
  std::string sealed_key;
};

Decision decide(const State& state, const Context& context, const CreateCheckpointKey& command);

}  // namespace byline
