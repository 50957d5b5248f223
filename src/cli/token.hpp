#pragma once

#include <cstdlib>
#include <expected>
#include <fstream>
#include <string>

namespace byline::cli {

/// The token from the file, or from the environment where none is named: a command line can be seen by
/// others. Empty where there is none.
inline std::expected<std::string, std::string> token_of(const std::string& file) {
  if (file.empty()) {
    const char* text = std::getenv("BYLINE_TOKEN");
    return text ? text : "";
  }
  std::ifstream in(file);
  std::string token;
  if (!std::getline(in, token)) return std::unexpected("The file " + file + " cannot be read.");
  return token;
}

}  // namespace byline::cli
