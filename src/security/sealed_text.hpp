#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "security/seal.hpp"

namespace byline::security {

// A small secret as the log keeps it: sealed under a key that is derived from the key-encryption key for one
// purpose, and tied to what it belongs to; base64url. Thread-safe.

std::string seal_text(const Key& key_encryption_key, std::string_view purpose, std::string_view belongs_to,
                      std::string_view plain);
/// nullopt where it was sealed under another key, for another purpose, or belongs to something else.
std::optional<std::string> open_text(const Key& key_encryption_key, std::string_view purpose,
                                     std::string_view belongs_to, std::string_view sealed);

}  // namespace byline::security
