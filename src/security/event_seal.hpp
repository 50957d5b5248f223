#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "security/seal.hpp"

namespace byline::security {

// How the personal fields of one event are sealed. Thread-safe.
//
// The event's key is derived from its owner's and from the event's id, so it seals one text only; to show it
// to somebody opens that event and no other. Of the key are made (keyed BLAKE2b, 64 bytes) the one that
// encrypts (ChaCha20-Poly1305, RFC 8439, with a nonce of zeros) and 32 bytes that stand before the
// ciphertext: they bind the key, so that no event can be opened in two ways, which that cipher by itself does
// not rule out.

Key event_key(const Key& owner_key, std::string_view event_id);

/// base64url of the binding, the ciphertext and its tag.
std::string seal_event(const Key& event_key, std::string_view fields);
/// nullopt where it was not sealed so, or was changed since.
std::optional<std::string> open_event(const Key& event_key, std::string_view sealed);

}  // namespace byline::security
