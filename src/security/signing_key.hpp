#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct evp_pkey_st;

namespace byline::security {

/// A key pair for ES256: ECDSA on P-256 with SHA-256 (RFC 7518 §3.4). Copies share the key. Thread-safe.
class SigningKey {
 public:
  using Coordinate = std::array<std::uint8_t, 32>;  ///< of the curve, or the private number; big-endian

  /// A fresh one from the system's generator.
  static SigningKey generate();
  /// nullopt unless the three belong together.
  static std::optional<SigningKey> from_parts(const Coordinate& x, const Coordinate& y, const Coordinate& d);

  /// The thumbprint of the public key (RFC 7638), by which tokens name it.
  const std::string& kid() const { return kid_; }
  /// The public key as a JWK (RFC 7517) for `/oauth2/jwks`: compact JSON.
  std::string public_jwk() const;

  const Coordinate& x() const { return x_; }
  const Coordinate& y() const { return y_; }
  /// The private number. For the key file only.
  Coordinate d() const;
  /// For OpenSSL; lives as long as this or a copy of it.
  evp_pkey_st* get() const { return key_.get(); }

 private:
  SigningKey(std::shared_ptr<evp_pkey_st> key, const Coordinate& x, const Coordinate& y);

  std::shared_ptr<evp_pkey_st> key_;
  Coordinate x_;
  Coordinate y_;
  std::string kid_;
};

/// base64url without padding (RFC 7515 §2).
std::string to_base64url(std::string_view bytes);
/// The bytes, where the text is what `to_base64url` writes for them: no padding, no other characters, no
/// stray bits at the end. Every other text is nullopt, so that no two texts stand for the same bytes.
std::optional<std::string> from_base64url(std::string_view text);

}  // namespace byline::security
