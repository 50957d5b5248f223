#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace byline::security {

// Authenticated encryption of small texts: XChaCha20-Poly1305 with a random nonce of 192 bits, which cannot
// be expected to repeat however much is sealed. Thread-safe.
//
//   auto key = derive_key(keys.seal_key, "kept answer", idempotency_key);
//   auto kept = seal(key, answer, command_id);
//   auto answer = open(key, kept, command_id);   // nullopt if anything of the three is another

using Key = std::array<std::uint8_t, 32>;

/// A key from the system's generator.
Key new_key();

/// Raw bytes: the format's version (1), the nonce (24), the ciphertext with its tag (16 more than the plain
/// text). `associated` is not kept in it but must be the same when it is opened: it ties the text to its
/// place.
std::string seal(const Key& key, std::string_view plain, std::string_view associated);

/// What was sealed; nullopt when it was not sealed so, or was changed since.
std::optional<std::string> open(const Key& key, std::string_view sealed, std::string_view associated);

/// A key for one purpose and one context, which tells nothing of the master key or of its siblings (keyed
/// BLAKE2b). Different pairs of purpose and context never share one, also where their concatenations are the
/// same.
Key derive_key(const Key& master, std::string_view purpose, std::string_view context);

}  // namespace byline::security
