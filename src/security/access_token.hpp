#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "events/id.hpp"
#include "events/time.hpp"
#include "security/signing_key.hpp"

struct evp_md_ctx_st;

namespace byline::security {

/// What an access token says. Times are whole seconds in the token (RFC 7519 §2 NumericDate): parts of one
/// are cut.
struct AccessTokenClaims {
  AccountId account;  ///< `sub`, and `client_id`: the application is its own subject (RFC 9068 §2.2)
  OrganizationId organization;
  Time issued_at;
  Time expires_at;
  std::string scope;
  std::string id;    ///< `jti`
  std::string name;  ///< the application's, when the token was issued

  friend bool operator==(const AccessTokenClaims&, const AccessTokenClaims&) = default;
};

enum class TokenError : std::uint8_t {
  malformed,      ///< not of the form that `issue` writes, or for another key
  bad_signature,  ///< of that form, but not written by us
  expired,
  not_yet_valid,
  wrong_issuer,
  wrong_audience,
};

/// Issues and verifies JWT access tokens (RFC 9068), signed with ES256.
///
/// Nothing in a token chooses how it is verified (RFC 8725 §3.1): the header must be the very one that
/// `issue` writes, so that there is no other algorithm, type or key to be talked into. Claims are read only
/// after the signature is found good. Thread-safe.
class AccessTokens {
 public:
  static constexpr std::size_t kMaxLength =
      4096;  ///< of a token; with a longest name, leaves 1,500 for a scope
  static constexpr std::int64_t kMaxClockSkew = 60;  ///< seconds that `iat` may be ahead; `exp` is exact

  AccessTokens(std::string issuer, std::string audience, const SigningKey& key);

  std::string issue(const AccessTokenClaims& claims) const;
  std::expected<AccessTokenClaims, TokenError> verify(std::string_view token, Time now) const;

 private:
  std::string sign(std::string_view text) const;
  bool is_signed(std::string_view text, std::string_view signature) const;
  std::expected<AccessTokenClaims, TokenError> read_claims(const std::string& payload, Time now) const;

  std::string issuer_;
  std::string audience_;
  SigningKey key_;
  std::string header_;  ///< encoded, with the dot
  // Ready to sign and to verify: each use copies one, which spares OpenSSL its search for algorithms.
  std::shared_ptr<const evp_md_ctx_st> signer_;
  std::shared_ptr<const evp_md_ctx_st> verifier_;
};

}  // namespace byline::security
