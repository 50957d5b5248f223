#include "engine/clock.hpp"
#include "http/authentication.hpp"
#include "http/command.hpp"
#include "http/oauth/client.hpp"
#include "http/oauth/endpoints.hpp"

namespace byline::http {

Awaitable<Response> revoke_token(Call& call) {
  auto request = OAuthRequest::read(call);
  if (!request) co_return std::move(request.error());
  auto client = co_await authenticate_client(call, *request);
  if (!client) co_return std::move(client.error());
  const auto* token = request->parameter("token");
  if (!token) co_return refuse_oauth(400, "invalid_request", "The parameter token is missing.");
  auto bearer = find_bearer(call.services, *token, system_now());
  if (!bearer && bearer.error() == BearerError::unavailable) co_return refuse_while_opening();
  // What is not good is as revoked (RFC 7009 §2.2).
  if (!bearer || !(*bearer)->holder.token) co_return reply_oauth({});
  const auto& holder = (*bearer)->holder;
  if (holder.account != client->principal.account) {
    co_return refuse_oauth(400, "unauthorized_client", "The token was issued to another client.");
  }
  Command command = RevokeToken{*holder.token, holder.account, holder.expires_at};
  auto render = [](const Reader&, const Committed&) { return reply_oauth({}); };
  co_return co_await run_command(call, std::move(command), render);
}

}  // namespace byline::http
