#pragma once

#include <cstdlib>
#include <expected>
#include <filesystem>
#include <string>

#include "engine/engine.hpp"
#include "security/deployment_keys.hpp"

namespace byline {

/// The environment variable that may hold the key-encryption key in place of a file.
inline constexpr const char* kKeyVariable = "BYLINE_KEY_ENCRYPTION_KEY";

struct KeyPlace {
  std::filesystem::path data;
  std::filesystem::path file = {};  ///< empty: keys.json in `data`
};

/// The keys of a data directory: from the environment, else from their file. A file is made together with the
/// first organization; later it must be there, or what was given out under it would silently stop working.
inline std::expected<security::DeploymentKeys, std::string> keys_of(const KeyPlace& place,
                                                                    const Engine& engine) {
  if (const char* text = std::getenv(kKeyVariable); text && *text) {
    auto keys = security::keys_from_text(text);
    if (!keys) return std::unexpected(std::string(kKeyVariable) + ": " + keys.error());
    return keys;
  }
  auto file = place.file.empty() ? place.data / "keys.json" : place.file;
  return engine.had_organizations() ? security::load_keys(file) : security::load_or_create_keys(file);
}

}  // namespace byline
