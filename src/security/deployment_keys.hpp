#pragma once

#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "security/seal.hpp"
#include "security/signing_key.hpp"

namespace byline::security {

/// The keys of one deployment. They live outside of the database, so that a copy of the database alone opens
/// nothing. Whoever loses them loses every client secret and token given out so far.
struct DeploymentKeys {
  Key digest_key;  ///< of SecretDigester
  Key seal_key;    ///< the key-encryption key: the master for derive_key
  /// What an early release kept beside them to sign tokens with; now such keys are in the log, sealed.
  std::optional<SigningKey> signing_key = {};
};

/// All of them from the key-encryption key, given as 32 bytes in base64url: for who keeps it in the
/// environment. The error is a sentence for an operator.
std::expected<DeploymentKeys, std::string> keys_from_text(std::string_view text);

/// The keys of a file that must be there. The error is a sentence for an operator.
std::expected<DeploymentKeys, std::string> load_keys(const std::filesystem::path& file);

/// The keys in `file`, or fresh ones that are safely on disk in it before this returns. Of several processes
/// that create the file at the same time, all return the keys of one.
///
/// The error is a sentence for the operator, with what to do. An existing file is never changed; one that
/// others than its owner may touch, or that is damaged, is refused.
std::expected<DeploymentKeys, std::string> load_or_create_keys(const std::filesystem::path& file);

}  // namespace byline::security
