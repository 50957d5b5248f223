#include "engine/clock.hpp"
#include "http/authentication.hpp"
#include "http/oauth/client.hpp"
#include "http/oauth/endpoints.hpp"
#include "http/scope.hpp"

namespace byline::http {
namespace {

void write_active(JsonWriter& json, const Services& services, const Bearer& bearer) {
  const auto& [holder, principal, good_until, noted_at] = bearer;
  auto account = to_string(holder.account);
  json.member("scope", std::string_view(scope_of(principal.access)));
  json.member("client_id", std::string_view(account));
  json.member("sub", std::string_view(account));
  json.member("token_type", holder.key_thumbprint ? "DPoP" : "Bearer");
  if (holder.key_thumbprint || holder.certificate_thumbprint) {
    json.key("cnf");
    json.begin_object();
    if (holder.key_thumbprint) json.member("jkt", std::string_view(*holder.key_thumbprint));
    if (holder.certificate_thumbprint)
      json.member("x5t#S256", std::string_view(*holder.certificate_thumbprint));
    json.end_object();
  }
  if (holder.expires_at.micros != INT64_MAX) json.member("exp", holder.expires_at.micros / kMicrosPerSecond);
  if (holder.token) {
    json.member("iat", holder.issued_at.micros / kMicrosPerSecond);
    json.member("iss", std::string_view(services.base_url));
    json.member("aud", std::string_view(services.base_url));
    json.member("jti", std::string_view(to_string(*holder.token)));
  }
  json.member("organization", std::string_view(to_string(holder.organization)));
}

}  // namespace

Awaitable<Response> introspect_token(Call& call) {
  auto request = OAuthRequest::read(call);
  if (!request) co_return std::move(request.error());
  // Who asks must be somebody (RFC 7662 §2.1).
  auto client = co_await authenticate_client(call, *request);
  if (!client) co_return std::move(client.error());
  const auto* token = request->parameter("token");
  if (!token) co_return refuse_oauth(400, "invalid_request", "The parameter token is missing.");
  auto bearer = find_bearer(call.services, *token, system_now());
  if (!bearer && bearer.error() == BearerError::unavailable) co_return refuse_while_opening();
  // Of another organization's nobody is told more than of nonsense.
  bool active = bearer && (*bearer)->holder.organization == call.organization();
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.member("active", active);
  if (active) write_active(json, call.services, **bearer);
  json.end_object();
  co_return reply_oauth(std::move(body));
}

}  // namespace byline::http
