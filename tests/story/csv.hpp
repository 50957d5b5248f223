#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace byline::test {

/// The rows of a CSV file (RFC 4180), its header line left out.
std::vector<std::vector<std::string>> read_csv(const std::filesystem::path& file);

}  // namespace byline::test
