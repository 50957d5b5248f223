#pragma once

#include <expected>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "events/signing_key.hpp"

struct evp_pkey_st;
struct evp_md_ctx_st;

namespace byline::security {

/// A key that signatures are checked with: ES256, EdDSA (Ed25519) or RS256, which its kind decides and
/// nothing else (RFC 8725 §3.1). Copies share it. Thread-safe.
class PublicKey {
 public:
  static constexpr int kMinRsaBits = 2048;
  static constexpr int kMaxRsaBits = 4096;  ///< more only takes time, which is the point of who sends it

  /// From a JWK (RFC 7517): kty EC with P-256, OKP with Ed25519, or RSA. The error says what is wrong with
  /// it.
  static std::expected<PublicKey, std::string> from_jwk(const nlohmann::json& jwk);
  /// For OpenSSL's own keys. Throws where the key is of another kind.
  explicit PublicKey(std::shared_ptr<evp_pkey_st> key);

  SignatureAlgorithm algorithm() const { return algorithm_; }
  /// RFC 7638, SHA-256, base64url.
  const std::string& thumbprint() const { return thumbprint_; }
  /// The public JWK with `alg`, `use` and `kid`, compact.
  std::string jwk(std::string_view kid) const;

  /// How many bytes its signatures have.
  std::size_t signature_bytes() const;
  /// A signature as JWS writes it (RFC 7518 §3.3, §3.4, RFC 8037 §3.1).
  bool verify(std::string_view text, std::string_view signature) const;

 private:
  std::shared_ptr<evp_pkey_st> key_;
  SignatureAlgorithm algorithm_ = SignatureAlgorithm::es256;
  std::string members_;  ///< those that RFC 7638 §3.2 hashes, in its order and without white space
  std::string thumbprint_;
  std::shared_ptr<const evp_md_ctx_st>
      prepared_;  ///< each use copies it, which spares a search for algorithms
};

}  // namespace byline::security
