#include <sodium.h>

#include "domain/rules.hpp"
#include "engine/clock.hpp"
#include "engine/ids.hpp"
#include "http/media_type.hpp"
#include "http/reply.hpp"
#include "http/resources/resources.hpp"
#include "http/url_encoding.hpp"

namespace byline::http {
namespace {

using boost::beast::http::field;

constexpr std::int64_t kLifetimeSeconds = 3600;

/// RFC 6749 §5.2.
Response refuse(unsigned status, std::string_view error, std::string_view description) {
  Response response;
  response.status = status;
  response.content_type = "application/json";
  JsonWriter json(response.body);
  json.begin_object();
  json.member("error", error);
  json.member("error_description", description);
  json.end_object();
  response.headers.emplace_back("Cache-Control", "no-store");
  response.headers.emplace_back("Pragma", "no-cache");
  // RFC 9110 §15.5.2 wants it of every 401, RFC 6749 only where the client came by this scheme.
  if (status == 401)
    response.headers.emplace_back("WWW-Authenticate", "Basic realm=\"byline\", charset=\"UTF-8\"");
  return response;
}

struct TokenRequest {
  std::string grant_type;
  std::string client_id;
  std::string client_secret;
  bool basic = false;  ///< the client came by the Authorization header
};

/// `Authorization: Basic`, whose two parts are form-encoded first (RFC 6749 §2.3.1).
bool read_basic(std::string_view header, TokenRequest& request) {
  auto encoded = header.substr(header.find_first_not_of(' ', 5));
  std::string pair(encoded.size(), '\0');
  std::size_t length = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(pair.data()), pair.size(), encoded.data(),
                        encoded.size(), nullptr, &length, nullptr, sodium_base64_VARIANT_ORIGINAL) != 0) {
    return false;
  }
  pair.resize(length);
  auto colon = pair.find(':');
  if (colon == std::string::npos) return false;
  auto id = form_decode(std::string_view(pair).substr(0, colon));
  auto secret = form_decode(std::string_view(pair).substr(colon + 1));
  if (!id || !secret) return false;
  request.client_id = std::move(*id);
  request.client_secret = std::move(*secret);
  return true;
}

std::expected<TokenRequest, Response> read_request(const Call& call) {
  for (const auto& [name, value] : call.query) {
    if (name == "client_id" || name == "client_secret") {
      return std::unexpected(
          refuse(400, "invalid_request",
                 "Credentials must not stand in the address, where logs and histories keep them "
                 "(RFC 6749 section 2.3.1): send them in the body."));
    }
  }
  if (!is_form(call.request.header(field::content_type))) {
    return std::unexpected(
        refuse(400, "invalid_request", "The body must be application/x-www-form-urlencoded."));
  }
  auto form = parse_form(call.request.body);
  if (!form) return std::unexpected(refuse(400, "invalid_request", "The body cannot be read as a form."));
  TokenRequest request;
  if (call.request.count(field::authorization) > 1)
    return std::unexpected(refuse(400, "invalid_request", "There is more than one Authorization header."));
  auto authorization = call.request.header(field::authorization);
  if (!authorization.empty()) {
    request.basic = boost::beast::iequals(authorization.substr(0, 6), "basic ");
    if (!request.basic || !read_basic(authorization, request)) {
      return std::unexpected(refuse(401, "invalid_client", "The Authorization header cannot be read."));
    }
  }
  std::vector<std::string_view> seen;
  for (auto& [name, value] : *form) {
    // RFC 6749 §3.2: parameters must not be included more than once.
    if (std::ranges::find(seen, name) != seen.end()) {
      return std::unexpected(refuse(400, "invalid_request", "A parameter stands twice."));
    }
    seen.push_back(name);
    if (name == "grant_type") request.grant_type = value;
    if (name != "client_id" && name != "client_secret") continue;
    if (request.basic && (name == "client_secret" || value != request.client_id)) {
      return std::unexpected(refuse(400, "invalid_request", "The client may authenticate in one way only."));
    }
    (name == "client_id" ? request.client_id : request.client_secret) = value;
  }
  return request;
}

/// The application whose secret this is. The work is the same whether or not there is such a client.
std::optional<CredentialRow> authenticate(const Services& services, const Reader& reader,
                                          const TokenRequest& request) {
  auto presented = services.digester.digest(request.client_secret);
  auto account = parse_id<AccountId>(request.client_id).value_or(AccountId{});
  std::optional<CredentialRow> found;
  for (auto& row : client_secrets_of(reader, account)) {
    auto digest = security::digest_from_hex(row.digest);
    if (digest && security::equal_constant_time(*digest, presented)) found = std::move(row);
  }
  return found;
}

/// What the roles give, as scope values: `intake:view people:create`.
std::string scope_of(const PermissionMatrix& access) {
  std::string scope;
  for_each_permission(access, [&scope](Area area, Operation operation, Level) {
    if (!scope.empty()) scope += ' ';
    scope += permission_name(area, operation);
  });
  return scope;
}

Response grant(const Call& call, const Reader& reader, const Principal& principal) {
  auto now = system_now();
  security::AccessTokenClaims claims;
  claims.account = principal.account;
  claims.organization = principal.organization;
  claims.issued_at = now;
  claims.expires_at = {now.micros + kLifetimeSeconds * 1'000'000};
  claims.scope = scope_of(principal.access);
  claims.id = to_string(new_id<Id<void>>(now));
  auto account = find_account(reader, principal.organization, principal.account);
  claims.name = account ? account->name : std::string();

  Response response;
  response.content_type = "application/json";
  response.headers.emplace_back("Cache-Control", "no-store");
  response.headers.emplace_back("Pragma", "no-cache");
  JsonWriter json(response.body);
  json.begin_object();
  json.member("access_token", std::string_view(call.services.tokens->issue(claims)));
  json.member("token_type", "Bearer");
  json.member("expires_in", kLifetimeSeconds);
  json.member("scope", std::string_view(claims.scope));
  json.end_object();
  return response;
}

}  // namespace

/// POST /oauth2/token: client credentials (RFC 6749 §4.4).
Awaitable<Response> issue_token(Call& call) {
  auto request = read_request(call);
  if (!request) co_return std::move(request.error());
  if (request->grant_type.empty())
    co_return refuse(400, "invalid_request", "The parameter grant_type is missing.");
  if (request->grant_type != "client_credentials") {
    co_return refuse(400, "unsupported_grant_type", "The only grant type served is client_credentials.");
  }
  auto reader = call.services.engine.reader();
  if (!reader) co_return refuse(503, "temporarily_unavailable", "The storage is being opened.");
  auto credential = authenticate(call.services, *reader, *request);
  auto principal =
      credential ? find_principal(*reader, credential->organization, credential->account) : std::nullopt;
  if (!principal || !principal->active) {
    co_return refuse(401, "invalid_client",
                     "The client is unknown, its secret is wrong, or it is not active.");
  }
  if (!principal->licensed) {
    co_return refuse(403, "api_not_licensed", "The organization's plan does not include the API.");
  }
  call.principal = *principal;
  co_return grant(call, *reader, *principal);
}

}  // namespace byline::http
