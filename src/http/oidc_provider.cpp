#include "http/oidc_provider.hpp"

#include <sodium.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/clock.hpp"
#include "http/url_encoding.hpp"
#include "security/base64.hpp"
#include "security/jws.hpp"
#include "security/strict_json.hpp"

namespace byline::http {
namespace {

using nlohmann::json;

constexpr std::int64_t kFresh = 60LL * 60 * 1'000'000;  ///< microseconds that what was discovered is good for
constexpr std::int64_t kSkew = security::kClockSkew * 1'000'000;
constexpr std::int64_t kNotBefore = 3LL * 1'000'000;  ///< after one that failed, or is still at work
constexpr std::size_t kProviderDepth = 8;
constexpr std::string_view kBusy = "too much is waiting";

std::string random_text(std::size_t bytes) {
  std::string random(bytes, '\0');
  randombytes_buf(random.data(), random.size());
  return security::to_base64url(random);
}

std::string form_of(std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
  std::string form;
  for (const auto& [name, value] : fields) {
    if (!form.empty()) form += '&';
    form += std::string(name) + "=" + percent_encode(value);
  }
  return form;
}

std::string text_of(const json& document, const char* name) {
  auto found = document.find(name);
  return found != document.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// OpenID Connect Core §3.1.3.7: one audience, or ours among several with `azp` naming us.
bool is_for(const json& claims, const std::string& client_id) {
  auto audience = claims.find("aud");
  if (audience == claims.end()) return false;
  if (audience->is_string()) return *audience == client_id;
  if (!audience->is_array() || std::ranges::find(*audience, json(client_id)) == audience->end()) return false;
  return audience->size() == 1 || text_of(claims, "azp") == client_id;
}

std::expected<VouchedFor, std::string> check_claims(const security::Jws& jws, const OidcOptions& options,
                                                    const SignInFlow& flow, Time now) {
  const auto& claims = jws.claims;
  if (text_of(claims, "iss") != options.issuer) return std::unexpected("its ID token is of another issuer");
  if (!is_for(claims, options.client_id)) return std::unexpected("its ID token is for somebody else");
  if (text_of(claims, "nonce") != flow.nonce) return std::unexpected("its ID token is not of this sign-in");
  auto end = jws.time("exp");
  auto issued = jws.time("iat");
  if (!end || end->micros + kSkew <= now.micros) return std::unexpected("its ID token is over");
  if (!issued || issued->micros - kSkew > now.micros) return std::unexpected("its ID token is of the future");
  VouchedFor vouched{text_of(claims, "sub"), {}};
  if (vouched.subject.empty() || vouched.subject.size() > 255)
    return std::unexpected("its ID token names nobody");
  auto verified = claims.find("email_verified");
  if (verified != claims.end() && *verified == true) vouched.email = text_of(claims, "email");
  return vouched;
}

}  // namespace

SignInFlow SignInFlow::begin() { return {random_text(16), random_text(16), random_text(32)}; }

OidcProvider::OidcProvider(OidcOptions options, FetchRules rules, WorkPool& pool)
    : options_(std::move(options)), rules_(std::move(rules)), pool_(pool), key_sets_(pool, rules_) {}

/// OpenID Connect Discovery 1.0 §4.
Awaitable<std::expected<OidcProvider::Endpoints, std::string>> OidcProvider::discover() {
  auto now = system_now();
  {
    std::lock_guard guard(mutex_);
    if (endpoints_ && now.micros - endpoints_->found_at.micros < kFresh) co_return *endpoints_;
    bool asked_lately = now.micros - asked_at_.micros < kNotBefore;
    if (asked_lately && endpoints_) co_return *endpoints_;
    if (asked_lately) co_return std::unexpected(std::string("it could not be asked a moment ago"));
    asked_at_ = now;  // until the answer is there
  }
  auto address = options_.issuer;
  if (address.ends_with('/')) address.pop_back();
  address += "/.well-known/openid-configuration";
  auto work = [address, rules = rules_] { return fetch(address, rules); };
  auto fetched = co_await run_on(pool_, work);
  if (!fetched) co_return std::unexpected(std::string(kBusy));
  if (!*fetched) co_return std::unexpected("its configuration cannot be fetched: " + fetched->error());
  auto document = security::parse_strict_json(**fetched, kProviderDepth);
  if (!document || !document->is_object() || text_of(*document, "issuer") != options_.issuer)
    co_return std::unexpected("its configuration is not one of this issuer");
  Endpoints found{text_of(*document, "authorization_endpoint"), text_of(*document, "token_endpoint"),
                  text_of(*document, "jwks_uri"), now};
  if (!found.authorization.starts_with("https://") || found.token.empty() || found.key_set.empty())
    co_return std::unexpected("its configuration lacks an endpoint");
  std::lock_guard guard(mutex_);
  endpoints_ = found;
  asked_at_ = {};
  co_return found;
}

Awaitable<std::expected<std::string, std::string>> OidcProvider::address_for(SignInFlow flow,
                                                                             std::string redirect_uri) {
  auto endpoints = co_await discover();
  if (!endpoints) co_return std::unexpected(endpoints.error());
  auto address = endpoints->authorization;
  address += address.find('?') == std::string::npos ? '?' : '&';
  address += form_of({{"response_type", "code"},
                      {"client_id", options_.client_id},
                      {"redirect_uri", redirect_uri},
                      {"scope", "openid email"},
                      {"state", flow.state},
                      {"nonce", flow.nonce},
                      {"code_challenge", security::sha256_base64url(flow.verifier)},
                      {"code_challenge_method", "S256"}});
  co_return address;
}

Awaitable<std::expected<VouchedFor, std::string>> OidcProvider::redeem(std::string code, SignInFlow flow,
                                                                       std::string redirect_uri) {
  auto endpoints = co_await discover();
  if (!endpoints) co_return std::unexpected(endpoints.error());
  auto form = form_of({{"grant_type", "authorization_code"},
                       {"code", code},
                       {"redirect_uri", redirect_uri},
                       {"code_verifier", flow.verifier}});
  // RFC 6749 §2.3.1: form-encoded before they go into the header.
  auto work = [url = endpoints->token, form, user = percent_encode(options_.client_id),
               password = percent_encode(options_.client_secret),
               rules = rules_] { return post_form(url, form, user, password, rules); };
  auto answered = co_await run_on(pool_, work);
  if (!answered) co_return std::unexpected(std::string(kBusy));
  if (!*answered) co_return std::unexpected("it does not redeem the code: " + answered->error());
  auto document = security::parse_strict_json(**answered, kProviderDepth);
  auto token = document && document->is_object() ? text_of(*document, "id_token") : std::string();
  auto jws = security::read_jws(token);
  if (!jws) co_return std::unexpected("its ID token cannot be read: " + jws.error());
  auto kid = text_of(jws->header, "kid");
  auto set = co_await key_sets_.get(endpoints->key_set, kid);
  if (!set) co_return std::unexpected("its keys cannot be fetched");
  bool is_signed = std::ranges::any_of(set->keys, [&](const KeySet::Key& key) {
    return (kid.empty() || key.kid.empty() || key.kid == kid) && jws->is_signed_by(key.key);
  });
  if (!is_signed) co_return std::unexpected("its ID token is not signed by one of its keys");
  co_return check_claims(*jws, options_, flow, system_now());
}

}  // namespace byline::http
