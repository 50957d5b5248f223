#include "security/access_token.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>

#include "events/json_writer.hpp"
#include "security/base64.hpp"

namespace byline::security {
namespace {

using nlohmann::json;

std::int64_t to_seconds(Time time) { return time.micros / kMicrosPerSecond; }

std::optional<std::string> text_of(const json& claims, const char* name) {
  auto claim = claims.find(name);
  if (claim == claims.end() || !claim->is_string()) return std::nullopt;
  return claim->get<std::string>();
}

std::optional<Time> time_of(const json& claims, const char* name) {
  constexpr std::int64_t kFarthest = 253'402'300'799;  // the end of the year 9999
  auto claim = claims.find(name);
  if (claim == claims.end() || !claim->is_number_integer()) return std::nullopt;
  auto seconds = claim->get<std::int64_t>();
  if (seconds < 0 || seconds > kFarthest) return std::nullopt;
  return Time{seconds * kMicrosPerSecond};
}

template <class I>
std::optional<I> id_of(const json& claims, const char* name) {
  auto text = text_of(claims, name);
  return text ? parse_id<I>(*text) : std::nullopt;
}

std::string payload_of(const AccessTokenClaims& claims, std::string_view issuer, std::string_view audience) {
  auto account = to_string(claims.account);
  std::string payload;
  JsonWriter writer(payload);
  auto text = [&writer](std::string_view name, std::string_view value) { writer.member(name, value); };
  writer.begin_object();
  text("iss", issuer);
  text("sub", account);
  text("client_id", account);
  text("aud", audience);
  writer.member("iat", to_seconds(claims.issued_at));
  writer.member("exp", to_seconds(claims.expires_at));
  text("jti", to_string(claims.id));
  text("scope", claims.scope);
  if (claims.narrowed) writer.member("narrowed", true);
  text("organization", to_string(claims.organization));
  text("name", claims.name);
  text("credential", to_string(claims.credential));
  if (claims.key_thumbprint || claims.certificate_thumbprint) {
    writer.key("cnf");
    writer.begin_object();
    if (claims.key_thumbprint) text("jkt", *claims.key_thumbprint);
    if (claims.certificate_thumbprint) text("x5t#S256", *claims.certificate_thumbprint);
    writer.end_object();
  }
  writer.end_object();
  return payload;
}

}  // namespace

AccessTokens::AccessTokens(std::string issuer, std::string audience, std::vector<TokenKey> keys)
    : issuer_(std::move(issuer)), audience_(std::move(audience)) {
  for (auto& key : keys) {
    auto header = to_base64url(R"({"alg":")" + std::string(name_of(key.key.algorithm())) +
                               R"(","typ":"at+jwt","kid":")" + key.key.kid() + R"("})") +
                  ".";
    keys_.push_back({std::move(key), std::move(header)});
  }
}

const AccessTokens::Named& AccessTokens::signer(Time now) const {
  auto next = std::ranges::upper_bound(keys_, now, {}, [](const Named& named) { return named.key.use_from; });
  if (next == keys_.begin()) throw std::logic_error("there is no key to sign tokens with yet");
  return *std::prev(next);
}

std::string AccessTokens::issue(const AccessTokenClaims& claims) const {
  const auto& named = signer(claims.issued_at);
  auto token = named.header + to_base64url(payload_of(claims, issuer_, audience_));
  token += '.' + to_base64url(named.key.key.sign(token));
  return token;
}

std::expected<AccessTokenClaims, TokenError> AccessTokens::verify(std::string_view token, Time now) const {
  auto malformed = std::unexpected(TokenError::malformed);
  if (token.size() > kMaxLength) return malformed;
  auto named = std::ranges::find_if(keys_, [&](const Named& one) { return token.starts_with(one.header); });
  if (named == keys_.end() || named->key.good_until <= now) return malformed;
  auto begin = named->header.size();
  auto dot = token.rfind('.');
  if (dot < begin) return malformed;
  // A third dot would be in the payload, and is no base64url.
  auto payload = from_base64url(token.substr(begin, dot - begin));
  auto signature = from_base64url(token.substr(dot + 1));
  const auto& key = named->key.key.public_key();
  if (!payload || !signature || signature->size() != key.signature_bytes()) return malformed;
  if (!key.verify(token.substr(0, dot), *signature)) return std::unexpected(TokenError::bad_signature);
  return read_claims(*payload, now);
}

std::expected<AccessTokenClaims, TokenError> AccessTokens::read_claims(const std::string& payload,
                                                                       Time now) const {
  auto claims = json::parse(payload, nullptr, /*allow_exceptions=*/false);
  if (!claims.is_object()) return std::unexpected(TokenError::malformed);
  auto account = id_of<AccountId>(claims, "sub");
  auto organization = id_of<OrganizationId>(claims, "organization");
  auto issued_at = time_of(claims, "iat");
  auto expires_at = time_of(claims, "exp");
  auto scope = text_of(claims, "scope");
  auto id = id_of<TokenId>(claims, "jti");
  auto name = text_of(claims, "name");
  auto credential = id_of<CredentialId>(claims, "credential");
  auto confirmation = claims.value("cnf", json::object());
  if (!account || !organization || !issued_at || !expires_at || !scope || !id || !name || !credential ||
      id_of<AccountId>(claims, "client_id") != account || !confirmation.is_object()) {
    return std::unexpected(TokenError::malformed);
  }
  // One key may serve issuers and audiences that must not take each other's tokens (RFC 8725 §3.8, §3.9).
  if (text_of(claims, "iss") != issuer_) return std::unexpected(TokenError::wrong_issuer);
  if (text_of(claims, "aud") != audience_) return std::unexpected(TokenError::wrong_audience);
  if (now >= *expires_at) return std::unexpected(TokenError::expired);
  if (issued_at->micros > now.micros + kMaxClockSkew * kMicrosPerSecond)
    return std::unexpected(TokenError::not_yet_valid);
  return AccessTokenClaims{*account,
                           *organization,
                           *issued_at,
                           *expires_at,
                           std::move(*scope),
                           claims.value("narrowed", json()) == true,
                           *id,
                           std::move(*name),
                           *credential,
                           text_of(confirmation, "jkt"),
                           text_of(confirmation, "x5t#S256")};
}

std::string AccessTokens::jwks(Time now) const {
  std::string text = R"({"keys":[)";
  for (const auto& named : keys_) {
    if (named.key.good_until <= now) continue;
    if (text.back() == '}') text += ',';
    text += named.key.key.public_key().jwk(named.key.key.kid());
  }
  return text + "]}";
}

}  // namespace byline::security
