#pragma once

#include <expected>
#include <optional>
#include <string>

#include "http/call.hpp"

namespace byline::http {

/// What a token that is ours says by itself.
struct Holder {
  OrganizationId organization;
  AccountId account;
  CredentialId credential;       ///< the token itself where it is a user's, else what it was got with
  std::optional<TokenId> token;  ///< `jti` of one of the token endpoint
  Time issued_at;
  Time expires_at;                            ///< far away where it has no end
  std::optional<PermissionSet> scope;         ///< where it was narrowed
  std::optional<std::string> key_thumbprint;  ///< of the key that its bearer must have (RFC 9449)
  std::optional<std::string> certificate_thumbprint = {};  ///< likewise of its certificate (RFC 8705)
  std::optional<CredentialKind> kind = {};                 ///< of a user's own: access_token or session
};

/// A bearer token with what its holder may do as of now, however old it is.
struct Bearer {
  Holder holder;
  Principal principal;         ///< active, its access narrowed to the token's scope
  Time good_until;             ///< without a look at anything else, while nobody's access changes
  mutable Time noted_at = {};  ///< when its use was noted last
};

enum class BearerError : std::uint8_t {
  unknown,   ///< not one of ours
  expired,   ///< its time is over
  revoked,   ///< it, or what it was got with, was revoked
  inactive,  ///< its account is deactivated or gone
  unlicensed,
  unavailable,  ///< the storage cannot be read
};

/// Finds whose token it is. Each thread remembers what it worked out until somebody's access changes, so a
/// revocation counts from the next request on. The result is valid until the thread's next call.
std::expected<const Bearer*, BearerError> find_bearer(const Services& services, std::string_view token,
                                                      Time now);
/// The same for what the cookie of a session holds, which is good for nothing in an Authorization header.
std::expected<const Bearer*, BearerError> find_session(const Services& services, std::string_view token,
                                                       Time now);

/// Whether a session is over because nothing came by it for a while.
bool is_left_alone(const Services& services, const CredentialSightings& seen, Time started, Time now);

inline constexpr std::string_view kSessionCookie = "__Host-byline_session";
/// The value of the cookie; empty where there is none.
std::string_view cookie_of(const Request& request, std::string_view name);
/// What a page must send in `X-CSRF-Token` with everything that a session changes: others' pages can make a
/// browser send its cookies, but not read this.
std::string csrf_token_of(const Services& services, std::string_view session);

/// Whether what may be used once is used up by looking at it; `keep`: it was, when the call was let in, and
/// only the rest is looked at again.
enum class Proofs : std::uint8_t { look_at, take, keep };

/// Lets the caller in by `Authorization: Bearer` (RFC 6750 §2.1), `DPoP` with a proof (RFC 9449 §7.1), or the
/// cookie of a session where there is no such header: fills in who it is. The error is the answer: 401, 403
/// or 503.
std::expected<void, Response> authenticate(Call& call, Proofs proofs);

/// Checks the request's DPoP proof, which is for this access token where one is given, and takes it. The
/// thumbprint of the key; nothing where there is no proof. The error says what is wrong, without a full stop.
std::expected<std::optional<std::string>, std::string> take_dpop_proof(const Call& call,
                                                                       std::string_view access_token,
                                                                       Proofs proofs);

/// `x5t#S256` of the certificate that the client came with; nothing where it came without.
std::optional<std::string> certificate_thumbprint_of(const Request& request);

/// Takes the request out of the caller's bucket, where it is an application that is held to a rate. The error
/// is the answer: 429.
std::expected<void, Response> keep_rate(Call& call);
/// `RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset` (draft-ietf-httpapi-ratelimit-headers-07).
void write_rate(const Call& call, Response& response);

/// Whether the account may come from the address that the request came from.
bool may_come_from(const Principal& principal, std::string_view address);

}  // namespace byline::http
