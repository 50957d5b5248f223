#pragma once

#include <expected>
#include <filesystem>
#include <string>

namespace byline {

/// Whether the disk takes writes and has the room that opening the database needs, which is as much again as
/// lies in its write-ahead log, and some. Tried with a file that is gone afterwards. To open it without that
/// room would fail half-way and leave behind what was written until then. The error is a clause for a
/// sentence.
std::expected<void, std::string> check_writable(const std::filesystem::path& directory);

}  // namespace byline
