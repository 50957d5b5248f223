#include "security/jws.hpp"

#include <algorithm>
#include <cmath>

#include "security/base64.hpp"
#include "security/strict_json.hpp"

namespace byline::security {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxJwsBytes = 8 * 1024;
constexpr std::size_t kMaxDepth = 8;
constexpr std::size_t kMaxId = 256;

std::expected<json, std::string> read_object(std::string_view part, const char* what) {
  auto bytes = from_base64url(part);
  if (!bytes) return std::unexpected(std::string(what) + " is no base64url");
  auto object = parse_strict_json(*bytes, kMaxDepth);
  if (!object || !object->is_object()) return std::unexpected(std::string(what) + " is no JSON object");
  return std::move(*object);
}

/// Every audience is one of ours: one that is meant for others too could be used here by them.
bool is_for(const json& claims, const std::vector<std::string>& audiences) {
  auto found = claims.find("aud");
  if (found == claims.end()) return false;
  auto is_ours = [&](const json& audience) {
    return audience.is_string() &&
           std::ranges::find(audiences, audience.get<std::string>()) != audiences.end();
  };
  if (!found->is_array()) return is_ours(*found);
  return !found->empty() && std::ranges::all_of(*found, is_ours);
}

}  // namespace

bool Jws::is_signed_by(const PublicKey& key) const {
  return header.at("alg") == name_of(key.algorithm()) && key.verify(signed_text, signature);
}

const std::string* Jws::text(std::string_view claim, std::size_t most) const {
  auto found = claims.find(claim);
  if (found == claims.end() || !found->is_string()) return nullptr;
  const auto& text = found->get_ref<const std::string&>();
  return text.empty() || text.size() > most ? nullptr : &text;
}

std::optional<Time> Jws::time(std::string_view claim) const {
  constexpr double kFarthest = 253'402'300'799;  // the end of the year 9999
  auto found = claims.find(claim);
  if (found == claims.end() || !found->is_number()) return std::nullopt;
  auto seconds = found->get<double>();
  if (!(seconds >= 0 && seconds <= kFarthest)) return std::nullopt;
  return Time{static_cast<std::int64_t>(std::floor(seconds)) * kMicrosPerSecond};
}

std::expected<Jws, std::string> read_jws(std::string_view text) {
  if (text.size() > kMaxJwsBytes) return std::unexpected("it is too long");
  auto first = text.find('.');
  auto last = text.rfind('.');
  if (first == std::string_view::npos || first == last) return std::unexpected("it has not three parts");
  auto header = read_object(text.substr(0, first), "its header");
  if (!header) return std::unexpected(header.error());
  // A third dot would be in the claims, and is no base64url.
  auto claims = read_object(text.substr(first + 1, last - first - 1), "its payload");
  if (!claims) return std::unexpected(claims.error());
  auto signature = from_base64url(text.substr(last + 1));
  if (!signature || signature->empty()) return std::unexpected("it is not signed");
  if (!header->contains("alg") || !(*header)["alg"].is_string())
    return std::unexpected("it names no algorithm");
  if (header->contains("crit") || header->contains("b64"))
    return std::unexpected("it has an extension that is not known here");
  return Jws{std::move(*header), std::move(*claims), text.substr(0, last), std::move(*signature)};
}

std::expected<Assertion, std::string> check_assertion(const Jws& jws, std::string_view client,
                                                      const std::vector<std::string>& audiences, Time now) {
  auto type = jws.header.value("typ", json("JWT"));
  if (type != "JWT" && type != "client-authentication+jwt") return std::unexpected("its typ is not JWT");
  const auto* issuer = jws.text("iss");
  const auto* subject = jws.text("sub");
  if (!issuer || !subject || *issuer != client || *subject != client)
    return std::unexpected("its iss and sub are not the client's id");
  if (!is_for(jws.claims, audiences)) return std::unexpected("its aud is not this service alone");
  const Time late{now.micros + kClockSkew * kMicrosPerSecond};
  auto expires_at = jws.time("exp");
  if (!expires_at) return std::unexpected("it has no exp");
  if (*expires_at <= now) return std::unexpected("it is over");
  if (expires_at->micros > late.micros + kMaxAssertionLifetime * kMicrosPerSecond)
    return std::unexpected("its exp is more than an hour away");
  for (const char* claim : {"nbf", "iat"}) {
    auto begins = jws.time(claim);
    if (jws.claims.contains(claim) && (!begins || *begins > late))
      return std::unexpected("it is not valid yet");
  }
  const auto* id = jws.text("jti", kMaxId);
  if (!id) return std::unexpected("it has no jti of at most 256 characters");
  return Assertion{*id, *expires_at};
}

std::expected<DpopProof, std::string> check_dpop_proof(std::string_view text, std::string_view method,
                                                       std::string_view address,
                                                       std::string_view access_token, Time now) {
  auto jws = read_jws(text);
  if (!jws) return std::unexpected(jws.error());
  if (jws->header.value("typ", json()) != "dpop+jwt") return std::unexpected("its typ is not dpop+jwt");
  auto key = PublicKey::from_jwk(jws->header.value("jwk", json()));
  if (!key) return std::unexpected("its jwk cannot be used: " + key.error());
  if (!jws->is_signed_by(*key)) return std::unexpected("its signature is wrong");
  const auto* htm = jws->text("htm");
  if (!htm || *htm != method) return std::unexpected("its htm is not the request's method");
  const auto* htu = jws->text("htu");
  if (!htu || std::string_view(*htu).substr(0, htu->find_first_of("?#")) != address)
    return std::unexpected("its htu is not the request's address");
  auto issued_at = jws->time("iat");
  if (!issued_at || std::abs(issued_at->micros - now.micros) > kClockSkew * kMicrosPerSecond)
    return std::unexpected("its iat is more than a minute away");
  if (!access_token.empty()) {
    const auto* hash = jws->text("ath");
    if (!hash || *hash != sha256_base64url(access_token))
      return std::unexpected("its ath is not the hash of the access token");
  }
  const auto* id = jws->text("jti", kMaxId);
  if (!id) return std::unexpected("it has no jti of at most 256 characters");
  return DpopProof{key->thumbprint(), *id, Time{issued_at->micros + (kClockSkew + 1) * kMicrosPerSecond}};
}

}  // namespace byline::security
