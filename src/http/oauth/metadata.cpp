#include "engine/clock.hpp"
#include "http/oauth/endpoints.hpp"
#include "http/oauth/request.hpp"

namespace byline::http {
namespace {

/// Public, and the same for everybody for a while. New keys are published long before they sign.
Response reply_public(std::string body) {
  Response response;
  response.content_type = "application/json";
  response.headers.emplace_back("Cache-Control", "public, max-age=300");
  response.body = std::move(body);
  return response;
}

void write_list(JsonWriter& json, std::string_view name, const std::vector<std::string_view>& values) {
  json.key(name);
  json.begin_array();
  for (auto value : values) json.value(value);
  json.end_array();
}

}  // namespace

Awaitable<Response> show_key_set(Call& call) {
  co_return reply_public(call.services.tokens->current()->jwks(system_now()));
}

Awaitable<Response> describe_authorization_server(Call& call) {
  const auto& base = call.services.base_url;
  std::string body;
  JsonWriter json(body);
  std::vector<std::string_view> methods = {"client_secret_basic", "client_secret_post", "private_key_jwt"};
  if (call.services.mutual_tls)
    methods.insert(methods.end(), {"tls_client_auth", "self_signed_tls_client_auth"});
  auto endpoint = [&](std::string_view name, std::string_view path) {
    json.member(name, std::string_view(base + std::string(path)));
    constexpr std::string_view kEndpoint = "_endpoint";
    if (!name.ends_with(kEndpoint)) return;
    write_list(json, std::string(name) + "_auth_methods_supported", methods);
    write_list(json, std::string(name) + "_auth_signing_alg_values_supported", {"ES256", "EdDSA", "RS256"});
  };
  json.begin_object();
  json.member("issuer", std::string_view(base));
  endpoint("token_endpoint", "/oauth2/token");
  endpoint("introspection_endpoint", "/oauth2/introspect");
  endpoint("revocation_endpoint", "/oauth2/revoke");
  endpoint("jwks_uri", "/oauth2/jwks");
  write_list(json, "grant_types_supported", {"client_credentials"});
  write_list(json, "response_types_supported", {});
  write_list(json, "dpop_signing_alg_values_supported", {"ES256", "EdDSA", "RS256"});
  if (call.services.mutual_tls) json.member("tls_client_certificate_bound_access_tokens", true);
  json.member("registration_endpoint", std::string_view(base + "/oauth2/register"));
  endpoint("service_documentation", "/openapi.json");
  json.end_object();
  co_return reply_public(std::move(body));
}

}  // namespace byline::http
