#pragma once

#include <expected>
#include <filesystem>
#include <optional>
#include <string>

#include "security/deployment_keys.hpp"

namespace byline {

/// The environment variable that may hold the key-encryption key in place of a file.
inline constexpr const char* kKeyVariable = "BYLINE_KEY_ENCRYPTION_KEY";

struct KeyPlace {
  std::filesystem::path data;
  std::filesystem::path file = {};  ///< empty: keys.json in `data`
};

/// The keys of a data directory: from the environment, else from their file. A file is made for data that has
/// no entry yet; later it must be there, or what was given out and sealed under it would silently stop
/// working. The error is a sentence.
std::expected<security::DeploymentKeys, std::string> keys_of(const KeyPlace& place);

/// The same for who only reads, and can do without: nullopt where there are none. A file that is named must
/// be there.
std::expected<std::optional<security::DeploymentKeys>, std::string> keys_if_there(const KeyPlace& place);

}  // namespace byline
