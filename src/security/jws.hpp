#pragma once

#include <expected>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "events/time.hpp"
#include "security/public_key.hpp"

namespace byline::security {

/// A JWS in compact form (RFC 7515 §7.1) that somebody else wrote, taken apart. Nothing in it is to be
/// believed before its signature was checked with a key that is known from elsewhere.
struct Jws {
  nlohmann::json header;  ///< an object with a text `alg`
  nlohmann::json claims;  ///< an object
  std::string_view signed_text;
  std::string signature;

  /// Whether this key signed it. The key, not the header, decides how; the two must agree (RFC 8725 §3.1).
  bool is_signed_by(const PublicKey& key) const;
  /// A member that is a text of at most so many octets; nullptr where there is none.
  const std::string* text(std::string_view claim, std::size_t most = 2048) const;
  /// A NumericDate (RFC 7519 §2), parts of a second cut; nullopt where there is none in the years 1970–9999.
  std::optional<Time> time(std::string_view claim) const;
};

/// At most 8 KiB, eight levels deep, no member twice, and without extensions that must be understood
/// (`crit`). The text outlives the result. The error says what is wrong, without a full stop.
std::expected<Jws, std::string> read_jws(std::string_view text);

/// What an application proves itself with that has a key (RFC 7523 §3), once its signature was found good.
struct Assertion {
  std::string id;  ///< `jti`: to be taken once
  Time expires_at;
};
inline constexpr std::int64_t kMaxAssertionLifetime = 60LL * 60;  ///< seconds from now to `exp`
inline constexpr std::int64_t kClockSkew = 60;                    ///< seconds that others' clocks may be off

/// The claims: `iss` and `sub` are the client, every audience one of `audiences`, `exp` to come and not far,
/// `nbf` and `iat` not to come, a `jti`.
std::expected<Assertion, std::string> check_assertion(const Jws& jws, std::string_view client,
                                                      const std::vector<std::string>& audiences, Time now);

/// A proof of possession (RFC 9449 §4.2).
struct DpopProof {
  std::string thumbprint;  ///< of the key that signed it
  std::string id;          ///< `jti`: to be taken once for a while
  Time good_until;         ///< for how long it would be taken
};
/// For a request of that method and address, which has no query. With an access token the proof must be for
/// that one.
std::expected<DpopProof, std::string> check_dpop_proof(std::string_view text, std::string_view method,
                                                       std::string_view address,
                                                       std::string_view access_token, Time now);

}  // namespace byline::security
