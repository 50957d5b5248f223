#include "http/authentication.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/unordered/unordered_flat_map.hpp>

#include "engine/clock.hpp"
#include "http/reply.hpp"

namespace byline::http {
namespace {

constexpr std::size_t kRemembered = 8192;  ///< tokens a thread; past that it starts anew

/// A token that was found right, and whose it is.
struct Bearer {
  Principal principal;
  Time expires_at;
  std::uint64_t access_epoch = 0;
};

Response unauthorized(std::string code, std::string detail) {
  return reply_error({401, std::move(code), std::move(detail), {}, {}, "Authorization"});
}

/// Whose token it is, where it is one of ours and not over.
std::expected<Holder, Response> holder_of(const Services& services, const Reader& reader,
                                          std::string_view token, Time now) {
  if (token.starts_with(security::kAccessTokenPrefix)) {
    if (security::is_well_formed_secret(token, security::kAccessTokenPrefix)) {
      auto row = find_access_token(reader, to_hex(services.digester.digest(token)));
      if (row) return Holder{row->organization, row->account, Time{INT64_MAX}};
    }
    return std::unexpected(unauthorized("invalid_token", "The access token is not known."));
  }
  auto claims = services.tokens->verify(token, now);
  if (claims) return Holder{claims->organization, claims->account, claims->expires_at};
  if (claims.error() == security::TokenError::expired) {
    return std::unexpected(
        unauthorized("token_expired", "The token is over: get a new one from /oauth2/token."));
  }
  return std::unexpected(unauthorized("invalid_token", "The token is not one that this service issued."));
}

std::expected<Bearer, Response> work_out(const Services& services, std::string_view token, Time now) {
  Bearer bearer;
  bearer.access_epoch = services.engine.access_epoch();  // before reading: see Engine::access_epoch
  auto reader = services.engine.reader();
  if (!reader) return std::unexpected(reply_unavailable("the storage is being opened"));
  auto holder = holder_of(services, *reader, token, now);
  if (!holder) return std::unexpected(std::move(holder.error()));
  auto principal = find_principal(*reader, holder->organization, holder->account);
  if (!principal || !principal->active) {
    return std::unexpected(reply_rejection(Rejection{{Problem{Code::account_inactive, {}, {}}}}, nullptr));
  }
  if (principal->kind == SubjectKind::application && !principal->licensed) {
    return std::unexpected(reply_rejection(Rejection{{Problem{Code::api_not_licensed, {}, {}}}}, nullptr));
  }
  bearer.principal = *principal;
  bearer.expires_at = holder->expires_at;
  return bearer;
}

}  // namespace

std::optional<Holder> holder_of_token(const Services& services, std::string_view token) {
  auto reader = services.engine.reader();
  auto holder = reader ? holder_of(services, *reader, token, system_now()) : std::unexpected(Response{});
  return holder ? std::optional(*holder) : std::nullopt;
}

std::expected<Principal, Response> authenticate(const Services& services, const Request& request) {
  constexpr std::string_view kScheme = "bearer ";
  auto header = request.header(boost::beast::http::field::authorization);
  if (header.empty())
    return std::unexpected(
        unauthorized("token_required", "Send an Authorization header with a bearer token."));
  if (request.count(boost::beast::http::field::authorization) > 1)
    return std::unexpected(unauthorized("invalid_token", "There is more than one Authorization header."));
  if (header.size() <= kScheme.size() || !boost::beast::iequals(header.substr(0, kScheme.size()), kScheme)) {
    return std::unexpected(unauthorized("invalid_token", "The Authorization header has no bearer token."));
  }
  auto token = header.substr(kScheme.size());
  auto now = system_now();

  thread_local boost::unordered_flat_map<std::string, Bearer> remembered;
  thread_local std::string key;
  key.assign(token);
  auto found = remembered.find(key);
  if (found != remembered.end() && found->second.access_epoch == services.engine.access_epoch() &&
      now < found->second.expires_at) {
    return found->second.principal;
  }
  auto bearer = work_out(services, token, now);
  if (!bearer) return std::unexpected(std::move(bearer.error()));
  if (remembered.size() >= kRemembered) remembered.clear();
  remembered.insert_or_assign(key, *bearer);
  return bearer->principal;
}

}  // namespace byline::http
