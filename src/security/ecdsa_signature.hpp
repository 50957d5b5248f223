#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace byline::security {

// OpenSSL has the signatures of ES256 as a DER SEQUENCE, JWS as r and s side by side, big-endian (RFC 7518
// §3.4).

inline constexpr std::size_t kEcdsaSignatureBytes = 64;

std::string ecdsa_to_raw(std::string_view der);
/// `raw` has 64 bytes.
std::string ecdsa_to_der(std::string_view raw);

}  // namespace byline::security
