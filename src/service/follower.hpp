#pragma once

#include <expected>
#include <filesystem>
#include <memory>
#include <string>

#include "engine/database.hpp"

namespace byline {

/// The database of a data directory, beside the service that may be writing it; it opens personal data where
/// the key-encryption key is found (keys_if_there). The error is a sentence.
std::expected<std::unique_ptr<Database>, std::string> open_follower(const std::filesystem::path& data,
                                                                    const std::filesystem::path& key_file);

}  // namespace byline
