#include "domain/limits.hpp"
#include "engine/clock.hpp"
#include "engine/ids.hpp"
#include "http/authentication.hpp"
#include "http/oauth/client.hpp"
#include "http/oauth/endpoints.hpp"
#include "http/scope.hpp"

namespace byline::http {
namespace {

constexpr std::int64_t kDefaultLifetime = 3600;  ///< seconds

/// The permissions asked for; nullopt where all of the client's are.
std::expected<std::optional<PermissionSet>, Response> requested_scope(const OAuthRequest& request,
                                                                      const PermissionMatrix& access) {
  const auto* text = request.parameter("scope");
  if (!text) return std::nullopt;
  auto scope = read_scope(*text);
  if (!scope) {
    return std::unexpected(refuse_oauth(
        400, "invalid_scope",
        "A scope is a list of permissions with one space between two, such as intake:view people:create."));
  }
  if (auto beyond = first_beyond(*scope, access); !beyond.empty())
    return std::unexpected(
        refuse_oauth(400, "invalid_scope", "The client's roles do not give " + beyond + "."));
  return scope;
}

Response grant(const Call& call, const Client& client, const std::optional<PermissionSet>& scope,
               std::optional<std::string> key_thumbprint) {
  auto now = system_now();
  const auto& principal = client.principal;
  auto end = Time{now.micros + principal.token_lifetime.value_or(kDefaultLifetime) * kMicrosPerSecond};
  if (principal.expires_at) end = std::min(end, *principal.expires_at);
  auto access = principal.access;
  if (scope) access.keep(*scope);

  security::AccessTokenClaims claims;
  claims.account = principal.account;
  claims.organization = principal.organization;
  claims.issued_at = now;
  claims.expires_at = end;
  claims.scope = scope_of(access);
  claims.narrowed = scope.has_value();
  claims.id = new_id<TokenId>(now);
  claims.name = principal.name;
  claims.credential = client.credential;
  claims.key_thumbprint = std::move(key_thumbprint);
  claims.certificate_thumbprint = client.certificate_thumbprint;

  std::string body;
  JsonWriter json(body);
  json.begin_object();
  call.services.engine.note_token(claims.organization, claims.account, claims.credential,
                                  call.request.remote_address);
  json.member("access_token", std::string_view(call.services.tokens->current()->issue(claims)));
  json.member("token_type", claims.key_thumbprint ? "DPoP" : "Bearer");
  json.member("expires_in", end.micros / kMicrosPerSecond - now.micros / kMicrosPerSecond);
  json.member("scope", std::string_view(claims.scope));
  json.end_object();
  return reply_oauth(std::move(body));
}

}  // namespace

Awaitable<Response> issue_token(Call& call) {
  auto request = OAuthRequest::read(call);
  if (!request) co_return std::move(request.error());
  const auto* grant_type = request->parameter("grant_type");
  if (!grant_type) co_return refuse_oauth(400, "invalid_request", "The parameter grant_type is missing.");
  if (*grant_type != "client_credentials") {
    co_return refuse_oauth(400, "unsupported_grant_type",
                           "The only grant type served is client_credentials.");
  }
  auto client = co_await authenticate_client(call, *request);
  if (!client) co_return std::move(client.error());
  auto scope = requested_scope(*request, client->principal.access);
  if (!scope) co_return std::move(scope.error());
  auto key = take_dpop_proof(call, {}, Proofs::take);
  if (!key) {
    co_return refuse_oauth(400, "invalid_dpop_proof", "The DPoP proof cannot be taken: " + key.error() + ".");
  }
  co_return grant(call, *client, *scope, std::move(*key));
}

}  // namespace byline::http
