#pragma once

#include <expected>
#include <filesystem>
#include <string>

#include "engine/engine.hpp"
#include "security/deployment_keys.hpp"

namespace byline {

/// The keys of a data directory. They are made together with its first organization; later they must be
/// there, or what was given out under them would silently stop working.
inline std::expected<security::DeploymentKeys, std::string> keys_of(const std::filesystem::path& data,
                                                                    const Engine& engine) {
  auto file = data / "keys.json";
  return engine.had_organizations() ? security::load_keys(file) : security::load_or_create_keys(file);
}

}  // namespace byline
