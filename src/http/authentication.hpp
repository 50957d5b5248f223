#pragma once

#include <expected>

#include "http/call.hpp"

namespace byline::http {

/// Who calls, by `Authorization: Bearer` (RFC 6750 §2.1): a user's access token, or one of the token
/// endpoint. What the account may do is as of now, however old the token. The error is the answer: 401 or
/// 403. Thread-safe; each thread remembers what it worked out until somebody's access changes.
std::expected<Principal, Response> authenticate(const Services& services, const Request& request);

/// Whose token it is.
struct Holder {
  OrganizationId organization;
  AccountId account;
  Time expires_at;
};
/// The holder of a token that this service issued and that is not over; nullopt for any other text.
std::optional<Holder> holder_of_token(const Services& services, std::string_view token);

}  // namespace byline::http
