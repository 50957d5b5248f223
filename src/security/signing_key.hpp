#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "events/signing_key.hpp"
#include "security/public_key.hpp"

namespace byline::security {

/// A key pair to sign with. Copies share it. Thread-safe.
class SigningKey {
 public:
  /// A fresh one from the system's generator. One for RS256 (3072 bits) takes a part of a second to find.
  static SigningKey generate(SignatureAlgorithm algorithm);
  /// From what `private_bytes` gave; nullopt for anything else.
  static std::optional<SigningKey> from_private_bytes(std::string_view pkcs8);
  /// A key on P-256 by its numbers, big-endian; nullopt unless the three belong together.
  using Coordinate = std::array<std::uint8_t, 32>;
  static std::optional<SigningKey> from_parts(const Coordinate& x, const Coordinate& y, const Coordinate& d);

  SignatureAlgorithm algorithm() const { return public_key_.algorithm(); }
  const PublicKey& public_key() const { return public_key_; }
  /// By which tokens name it: the public key's thumbprint.
  const std::string& kid() const { return public_key_.thumbprint(); }
  /// The private key as PKCS #8 in DER (RFC 5958). To be sealed, and wiped.
  std::string private_bytes() const;

  /// As JWS writes it.
  std::string sign(std::string_view text) const;

 private:
  explicit SigningKey(std::shared_ptr<evp_pkey_st> key);

  std::shared_ptr<evp_pkey_st> key_;
  PublicKey public_key_;
  std::shared_ptr<const evp_md_ctx_st> prepared_;
};

}  // namespace byline::security
