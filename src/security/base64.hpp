#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace byline::security {

/// base64url without padding (RFC 7515 §2).
std::string to_base64url(std::string_view bytes);
/// The bytes, where the text is what `to_base64url` writes for them: no padding, no other characters, no
/// stray bits at the end. Every other text is nullopt, so that no two texts stand for the same bytes.
std::optional<std::string> from_base64url(std::string_view text);

/// The same with the alphabet of RFC 4648 §4 and padding.
std::string to_base64(std::string_view bytes);
std::optional<std::string> from_base64(std::string_view text);

/// SHA-256 of the text, in base64url: how thumbprints and token hashes are written.
std::string sha256_base64url(std::string_view text);

}  // namespace byline::security
