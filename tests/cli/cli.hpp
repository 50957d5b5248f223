#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "support/process.hpp"

namespace byline::test {

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// The arguments of an `init` that works, but for what a test adds.
inline std::vector<std::string> init_arguments(const std::filesystem::path& data,
                                               std::vector<std::string> more = {}) {
  std::vector<std::string> arguments = {"init",           "--data",        data.string(),
                                        "--organization", "Harbor County", "--admin-name",
                                        "Ada Moreno",     "--admin-email", "ada@example.org"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

}  // namespace byline::test
