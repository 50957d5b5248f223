#pragma once

#include <expected>
#include <filesystem>
#include <string>

#include "security/seal.hpp"
#include "security/signing_key.hpp"

namespace byline::security {

/// The keys of one deployment. They live in a file outside of the database, so that a copy of the database
/// alone opens nothing. Whoever loses them loses every client secret and token given out so far.
struct DeploymentKeys {
  Key digest_key;          ///< of SecretDigester
  Key seal_key;            ///< the master for derive_key
  SigningKey signing_key;  ///< of access tokens
};

/// The keys of a file that must be there. The error is a sentence for an operator.
std::expected<DeploymentKeys, std::string> load_keys(const std::filesystem::path& file);

/// The keys in `file`, or fresh ones that are safely on disk in it before this returns. Of several processes
/// that create the file at the same time, all return the keys of one.
///
/// The error is a sentence for the operator, with what to do. An existing file is never changed; one that
/// others than its owner may touch, or that is damaged, is refused.
std::expected<DeploymentKeys, std::string> load_or_create_keys(const std::filesystem::path& file);

}  // namespace byline::security
