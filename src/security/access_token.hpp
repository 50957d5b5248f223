#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/id.hpp"
#include "events/time.hpp"
#include "security/signing_key.hpp"

namespace byline::security {

/// What an access token says. Times are whole seconds in the token (RFC 7519 §2 NumericDate): parts of one
/// are cut.
struct AccessTokenClaims {
  AccountId account;  ///< `sub`, and `client_id`: the application is its own subject (RFC 9068 §2.2)
  OrganizationId organization;
  Time issued_at;
  Time expires_at;
  std::string scope;
  bool narrowed = false;    ///< the bearer may not use permissions outside of `scope` that it is given later
  TokenId id;               ///< `jti`
  std::string name;         ///< the application's, when the token was issued
  CredentialId credential;  ///< what the application had proved itself with: it ends with that
  // Who presents it must have the private key (RFC 9449 §6.1, RFC 8705 §3.1).
  std::optional<std::string> key_thumbprint = {};          ///< `cnf.jkt`
  std::optional<std::string> certificate_thumbprint = {};  ///< `cnf.x5t#S256`

  friend bool operator==(const AccessTokenClaims&, const AccessTokenClaims&) = default;
};

enum class TokenError : std::uint8_t {
  malformed,      ///< not of the form that `issue` writes, or for a key that is not ours or is over
  bad_signature,  ///< of that form, but not written by us
  expired,
  not_yet_valid,
  wrong_issuer,
  wrong_audience,
};

/// A key of ours with its time.
struct TokenKey {
  SigningKey key;
  Time use_from;    ///< signs from here on, until another one does
  Time good_until;  ///< what it signed counts, and it is published, until here
};

/// Issues and verifies JWT access tokens (RFC 9068).
///
/// Nothing in a token chooses how it is verified (RFC 8725 §3.1): the header must be the very one that
/// `issue` writes with one of the keys, so that there is no other algorithm, type or key to be talked into.
/// Claims are read only after the signature is found good. Thread-safe.
class AccessTokens {
 public:
  static constexpr std::size_t kMaxLength =
      4096;  ///< of a token; with a longest name, leaves 1,500 for a scope
  static constexpr std::int64_t kMaxClockSkew = 60;  ///< seconds that `iat` may be ahead; `exp` is exact

  /// The keys in the order in which they sign; one of them signs at any time that is asked for.
  AccessTokens(std::string issuer, std::string audience, std::vector<TokenKey> keys);

  const std::string& issuer() const { return issuer_; }
  std::string issue(const AccessTokenClaims& claims) const;
  std::expected<AccessTokenClaims, TokenError> verify(std::string_view token, Time now) const;

  /// The public keys (RFC 7517 §5), those included that are still to sign.
  std::string jwks(Time now) const;

 private:
  struct Named {
    TokenKey key;
    std::string header;  ///< encoded, with the dot
  };
  const Named& signer(Time now) const;
  std::expected<AccessTokenClaims, TokenError> read_claims(const std::string& payload, Time now) const;

  std::string issuer_;
  std::string audience_;
  std::vector<Named> keys_;  ///< by `use_from`
};

}  // namespace byline::security
