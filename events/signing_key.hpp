#pragma once

#include <string>

#include "events/field.hpp"

namespace byline {

/// How tokens are signed (RFC 7518 §3.1, RFC 8037 §3.1): ECDSA on P-256, Ed25519, RSA with PKCS #1 v1.5; the
/// first and last with SHA-256. Text forms: `ES256`, `EdDSA`, `RS256`.
enum class SignatureAlgorithm : std::uint8_t { es256, eddsa, rs256 };
std::string_view name_of(SignatureAlgorithm algorithm);
std::optional<SignatureAlgorithm> signature_algorithm_named(std::string_view name);
template <>
struct EnumNames<SignatureAlgorithm> {
  static std::optional<SignatureAlgorithm> find(std::string_view name) {
    return signature_algorithm_named(name);
  }
};

/// The deployment has a new key to sign access tokens with. It is published at once, and signs from
/// `use_from` until the next one does; it stays published until the last token that it signed is over.
struct SigningKeyCreated {
  static constexpr EventType kType{"SigningKeyCreated", 1, SubjectKind::signing_key};
  SignatureAlgorithm algorithm = SignatureAlgorithm::es256;
  JsonText public_key;     ///< JWK (RFC 7517), with `kid`
  std::string sealed_key;  ///< the private key, PKCS #8, sealed by the key-encryption key; base64url
  Time use_from;

  static void fields(auto& self, auto&& field) {
    field("algorithm", self.algorithm);
    field("public_key", self.public_key);
    field("sealed_key", self.sealed_key);
    field("use_from", self.use_from);
  }
  friend bool operator==(const SigningKeyCreated&, const SigningKeyCreated&) = default;
};

/// The key is not to be trusted: from here on what it signed is void, and it is published no more.
struct SigningKeyRevoked {
  static constexpr EventType kType{"SigningKeyRevoked", 1, SubjectKind::signing_key};

  static void fields(auto&, auto&&) {}
  friend bool operator==(const SigningKeyRevoked&, const SigningKeyRevoked&) = default;
};

}  // namespace byline
