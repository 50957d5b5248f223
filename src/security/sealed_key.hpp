#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "security/seal.hpp"
#include "security/signing_key.hpp"

namespace byline::security {

// A signing key as the log keeps it: its private bytes, sealed under a key that is derived from the
// key-encryption key and tied to the key's own name; base64url.

std::string seal_signing_key(const Key& key_encryption_key, const SigningKey& key);
/// nullopt where it was sealed under another key, or is another one than `kid`.
std::optional<SigningKey> open_signing_key(const Key& key_encryption_key, std::string_view kid,
                                           std::string_view sealed);

}  // namespace byline::security
