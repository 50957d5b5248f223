#pragma once

#include <expected>
#include <filesystem>
#include <memory>
#include <string>

#include "engine/engine.hpp"
#include "security/deployment_keys.hpp"

namespace byline {

/// A data directory that no service is using, opened for something that an operator wants done.
struct StoppedData {
  Metrics metrics;
  std::unique_ptr<Engine> engine;
  security::DeploymentKeys keys;
};
/// `otherwise` says how to do it while the service runs, as the rest of a sentence. The error is a sentence.
std::expected<std::unique_ptr<StoppedData>, std::string> open_stopped(const std::filesystem::path& data,
                                                                      const std::filesystem::path& key_file,
                                                                      const std::string& otherwise);

/// Why a command was not carried out, as a sentence; empty where it was.
std::string failure_of(const Outcome& outcome);

}  // namespace byline
