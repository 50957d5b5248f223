#pragma once

#include <expected>
#include <filesystem>
#include <functional>
#include <string>

namespace byline {

/// Makes a data directory that is there as a whole or not at all: `fill` fills a folder beside it, which is
/// then made durable and takes its name. The directory must not be there yet, or be empty. `fill` may throw;
/// the error is a sentence.
std::expected<void, std::string> make_directory(
    const std::filesystem::path& directory,
    const std::function<std::expected<void, std::string>(const std::filesystem::path& beside)>& fill);

}  // namespace byline
