#include "http/authentication.hpp"

#include <algorithm>
#include <boost/beast/core/string.hpp>
#include <boost/unordered/unordered_flat_map.hpp>

#include "engine/clock.hpp"
#include "http/reply.hpp"
#include "http/scope.hpp"

namespace byline::http {
namespace {

using boost::beast::http::field;

constexpr std::size_t kRemembered = 8192;  ///< tokens a thread; past that it starts anew

struct Remembered {
  Bearer bearer;
  std::uint64_t access_epoch = 0;
  std::uint64_t keys_epoch = 0;
};

/// The holder of one of a user's own tokens.
std::expected<Holder, BearerError> holder_of_secret(const Services& services, const Reader& reader,
                                                    std::string_view token, Time now) {
  if (!security::is_well_formed_secret(token, security::kAccessTokenPrefix))
    return std::unexpected(BearerError::unknown);
  auto found = find_access_token(reader, to_hex(services.digester.digest(token)));
  if (!found) return std::unexpected(BearerError::unknown);
  const auto& row = found->row;
  if (row.revoked_at) return std::unexpected(BearerError::revoked);
  if (row.is_over(now)) return std::unexpected(BearerError::expired);
  return Holder{
      row.organization, row.account, found->id, {}, {}, row.expires_at.value_or(Time{INT64_MAX}), {}};
}

/// The holder of a token of the token endpoint, by its signature and claims alone.
std::expected<Holder, BearerError> holder_of_jwt(const Services& services, std::string_view token, Time now) {
  auto claims = services.tokens->current()->verify(token, now);
  if (!claims) {
    return std::unexpected(claims.error() == security::TokenError::expired ? BearerError::expired
                                                                           : BearerError::unknown);
  }
  Holder holder{claims->organization,
                claims->account,
                claims->credential,
                claims->id,
                claims->issued_at,
                claims->expires_at,
                {}};
  if (claims->narrowed) holder.scope = read_scope(claims->scope);
  return holder;
}

/// What the views say of the holder now.
std::expected<Bearer, BearerError> look_up(const Reader& reader, Holder holder, Time now) {
  if (holder.token) {
    auto credential = find_credential(reader, holder.account, holder.credential);
    if (is_revoked(reader, *holder.token) || !credential || credential->revoked_at)
      return std::unexpected(BearerError::revoked);
  }
  auto principal = find_principal(reader, holder.organization, holder.account);
  if (!principal || !principal->is_active(now)) return std::unexpected(BearerError::inactive);
  if (principal->kind == SubjectKind::application && !principal->licensed)
    return std::unexpected(BearerError::unlicensed);
  if (holder.scope) principal->access.keep(*holder.scope);
  auto good_until = std::min(holder.expires_at, principal->expires_at.value_or(holder.expires_at));
  return Bearer{std::move(holder), std::move(*principal), good_until};
}

Response unauthorized(std::string code, std::string detail) {
  return reply_error({401, std::move(code), std::move(detail), {}, {}, "Authorization"});
}

Response reply_bearer_error(BearerError error) {
  auto rejected = [](Code code) { return reply_rejection(Rejection{{Problem{code, {}, {}}}}, nullptr); };
  switch (error) {
    case BearerError::unknown:
      return unauthorized("invalid_token", "The token is not one that this service issued.");
    case BearerError::expired:
      return unauthorized("token_expired", "The token is over: get a new one from /oauth2/token.");
    case BearerError::revoked:
      return unauthorized("token_revoked", "The token was revoked, or what it was got with.");
    case BearerError::inactive:
      return rejected(Code::account_inactive);
    case BearerError::unlicensed:
      return rejected(Code::api_not_licensed);
    case BearerError::unavailable:
      break;
  }
  return reply_unavailable("the storage is being opened");
}

/// The token of a request that has one, and one only.
std::expected<std::string_view, Response> token_of(const Request& request) {
  constexpr std::string_view kScheme = "bearer ";
  auto header = request.header(field::authorization);
  if (header.empty())
    return std::unexpected(
        unauthorized("token_required", "Send an Authorization header with a bearer token."));
  if (request.count(field::authorization) > 1)
    return std::unexpected(unauthorized("invalid_token", "There is more than one Authorization header."));
  if (header.size() <= kScheme.size() || !boost::beast::iequals(header.substr(0, kScheme.size()), kScheme)) {
    return std::unexpected(unauthorized("invalid_token", "The Authorization header has no bearer token."));
  }
  return header.substr(kScheme.size());
}

}  // namespace

std::expected<const Bearer*, BearerError> find_bearer(const Services& services, std::string_view token,
                                                      Time now) {
  thread_local boost::unordered_flat_map<std::string, Remembered> remembered;
  thread_local std::string key;
  key.assign(token);
  const auto& engine = services.engine;
  auto access_epoch = engine.access_epoch();  // before reading: see Engine::access_epoch
  auto keys_epoch = engine.keys_epoch();
  auto found = remembered.find(key);
  bool known = found != remembered.end() && found->second.keys_epoch == keys_epoch;
  if (known && found->second.access_epoch == access_epoch && now < found->second.bearer.good_until)
    return &found->second.bearer;

  auto reader = engine.reader();
  if (!reader) return std::unexpected(BearerError::unavailable);
  // A signature that was right is right: only what the views say may be another.
  bool verified = known && found->second.bearer.holder.token && now < found->second.bearer.holder.expires_at;
  auto holder = verified ? std::expected<Holder, BearerError>(found->second.bearer.holder)
                : token.starts_with(security::kAccessTokenPrefix)
                    ? holder_of_secret(services, *reader, token, now)
                    : holder_of_jwt(services, token, now);
  if (!holder) return std::unexpected(holder.error());
  auto bearer = look_up(*reader, std::move(*holder), now);
  if (!bearer) return std::unexpected(bearer.error());
  if (remembered.size() >= kRemembered) remembered.clear();
  auto [place, fresh] =
      remembered.insert_or_assign(key, Remembered{std::move(*bearer), access_epoch, keys_epoch});
  return &place->second.bearer;
}

std::expected<void, Response> authenticate(Call& call) {
  auto token = token_of(call.request);
  if (!token) return std::unexpected(std::move(token.error()));
  auto bearer = find_bearer(call.services, *token, system_now());
  if (!bearer) return std::unexpected(reply_bearer_error(bearer.error()));
  const auto& [holder, principal, good_until] = **bearer;
  if (!may_come_from(principal, call.request.remote_address)) {
    return std::unexpected(reply_error(
        {403, "network_not_allowed", "The application may not come from this address.", {}, {}, {}}));
  }
  call.principal = principal;
  call.scope = holder.scope;
  call.credential = holder.credential;
  return {};
}

bool may_come_from(const Principal& principal, std::string_view address) {
  if (principal.networks.empty()) return true;
  auto parsed = parse_address(address);
  return parsed && std::ranges::any_of(principal.networks,
                                       [&](const Network& network) { return network.contains(*parsed); });
}

}  // namespace byline::http
