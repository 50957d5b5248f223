#pragma once

#include <string>

#include "events/field.hpp"

namespace byline {

/// From here on checkpoints of the log are signed with this key, in its name.
struct CheckpointKeyCreated {
  static constexpr EventType kType{"CheckpointKeyCreated", 1, SubjectKind::signing_key};
  std::string
      verifier_key;  ///< its public half, as a verifier key of C2SP signed-note; the log's origin in front
  std::string sealed_key;  ///< its private half, sealed by the key-encryption key; base64url

  static void fields(auto& self, auto&& field) {
    field("verifier_key", self.verifier_key);
    field("sealed_key", self.sealed_key);
  }
  friend bool operator==(const CheckpointKeyCreated&, const CheckpointKeyCreated&) = default;
};

}  // namespace byline
