#pragma once

#include <expected>
#include <filesystem>
#include <functional>
#include <string>

namespace byline {

/// Makes a data directory that is there as a whole or not at all: `fill` fills a folder beside it, which is
/// then made durable and takes its name. Where the directory is there, and empty, the folder is in it, and
/// what is in that takes its place, the database last. `fill` may throw; the error is a sentence.
std::expected<void, std::string> make_directory(
    const std::filesystem::path& directory,
    const std::function<std::expected<void, std::string>(const std::filesystem::path& beside)>& fill);

}  // namespace byline
