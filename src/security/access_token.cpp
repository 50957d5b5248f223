#include "security/access_token.hpp"

#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>

namespace byline::security {
namespace {

using nlohmann::json;

constexpr std::int64_t kMicros = 1'000'000;
constexpr int kCoordinateBytes = 32;
constexpr std::size_t kSignatureBytes = 64;  // RFC 7518 §3.4: r and s, big-endian, side by side

template <auto Free>
struct FreeBy {
  void operator()(auto* thing) const { Free(thing); }
};
using DigestContext = std::unique_ptr<EVP_MD_CTX, FreeBy<EVP_MD_CTX_free>>;
using EcdsaSignature = std::unique_ptr<ECDSA_SIG, FreeBy<ECDSA_SIG_free>>;
using InitContext = int (*)(EVP_MD_CTX*, EVP_PKEY_CTX**, const EVP_MD*, ENGINE*, EVP_PKEY*);

void must(bool done, const char* what) {
  if (!done) throw std::runtime_error(std::string("OpenSSL cannot ") + what);
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

std::shared_ptr<const EVP_MD_CTX> prepare(InitContext init, const SigningKey& key) {
  std::shared_ptr<EVP_MD_CTX> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  must(context && init(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1, "prepare ES256");
  return context;
}

DigestContext copy_of(const EVP_MD_CTX& prepared) {
  DigestContext context(EVP_MD_CTX_new());
  must(context && EVP_MD_CTX_copy_ex(context.get(), &prepared) == 1, "copy a context");
  return context;
}

/// OpenSSL has signatures as a DER SEQUENCE, JWS as 64 bytes.
std::string der_to_raw(std::string_view der) {
  const auto* begin = bytes_of(der);
  EcdsaSignature parts(d2i_ECDSA_SIG(nullptr, &begin, static_cast<long>(der.size())));
  std::string raw(kSignatureBytes, '\0');
  must(parts &&
           BN_bn2binpad(ECDSA_SIG_get0_r(parts.get()), bytes_of(raw), kCoordinateBytes) == kCoordinateBytes &&
           BN_bn2binpad(ECDSA_SIG_get0_s(parts.get()), bytes_of(raw) + kCoordinateBytes, kCoordinateBytes) ==
               kCoordinateBytes,
       "write a signature");
  return raw;
}

std::string raw_to_der(std::string_view raw) {
  EcdsaSignature parts(ECDSA_SIG_new());
  BIGNUM* r = BN_bin2bn(bytes_of(raw), kCoordinateBytes, nullptr);
  BIGNUM* s = BN_bin2bn(bytes_of(raw) + kCoordinateBytes, kCoordinateBytes, nullptr);
  must(parts && r && s && ECDSA_SIG_set0(parts.get(), r, s) == 1, "read a signature");
  std::string der(static_cast<std::size_t>(i2d_ECDSA_SIG(parts.get(), nullptr)), '\0');
  auto* out = bytes_of(der);
  i2d_ECDSA_SIG(parts.get(), &out);
  return der;
}

std::int64_t to_seconds(Time time) { return time.micros / kMicros; }

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
  return Time{seconds * kMicros};
}

template <class I>
std::optional<I> id_of(const json& claims, const char* name) {
  auto text = text_of(claims, name);
  return text ? parse_id<I>(*text) : std::nullopt;
}

}  // namespace

AccessTokens::AccessTokens(std::string issuer, std::string audience, const SigningKey& key)
    : issuer_(std::move(issuer)),
      audience_(std::move(audience)),
      key_(key),
      header_(to_base64url(R"({"alg":"ES256","typ":"at+jwt","kid":")" + key.kid() + R"("})") + "."),
      signer_(prepare(EVP_DigestSignInit, key)),
      verifier_(prepare(EVP_DigestVerifyInit, key)) {}

std::string AccessTokens::issue(const AccessTokenClaims& claims) const {
  auto account = to_string(claims.account);
  json payload{{"iss", issuer_},
               {"sub", account},
               {"client_id", account},
               {"aud", audience_},
               {"iat", to_seconds(claims.issued_at)},
               {"exp", to_seconds(claims.expires_at)},
               {"jti", claims.id},
               {"scope", claims.scope},
               {"organization", to_string(claims.organization)},
               {"name", claims.name}};
  auto token = header_ + to_base64url(payload.dump(-1, ' ', false, json::error_handler_t::replace));
  token += '.' + to_base64url(sign(token));
  return token;
}

std::expected<AccessTokenClaims, TokenError> AccessTokens::verify(std::string_view token, Time now) const {
  if (token.size() > kMaxLength || !token.starts_with(header_)) return std::unexpected(TokenError::malformed);
  auto dot = token.rfind('.');
  if (dot < header_.size()) return std::unexpected(TokenError::malformed);
  // A third dot would be in the payload, and is no base64url.
  auto payload = from_base64url(token.substr(header_.size(), dot - header_.size()));
  auto signature = from_base64url(token.substr(dot + 1));
  if (!payload || !signature || signature->size() != kSignatureBytes)
    return std::unexpected(TokenError::malformed);
  if (!is_signed(token.substr(0, dot), *signature)) return std::unexpected(TokenError::bad_signature);
  return read_claims(*payload, now);
}

std::string AccessTokens::sign(std::string_view text) const {
  auto context = copy_of(*signer_);
  std::string der(static_cast<std::size_t>(EVP_PKEY_get_size(key_.get())), '\0');
  auto length = der.size();
  must(EVP_DigestSign(context.get(), bytes_of(der), &length, bytes_of(text), text.size()) == 1, "sign");
  return der_to_raw(std::string_view(der).substr(0, length));
}

bool AccessTokens::is_signed(std::string_view text, std::string_view signature) const {
  auto context = copy_of(*verifier_);
  auto der = raw_to_der(signature);
  bool good = EVP_DigestVerify(context.get(), bytes_of(der), der.size(), bytes_of(text), text.size()) == 1;
  if (!good)
    ERR_clear_error();  // TLS on the same thread reads that queue, and would take the fault for its own
  return good;
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
  auto id = text_of(claims, "jti");
  auto name = text_of(claims, "name");
  if (!account || !organization || !issued_at || !expires_at || !scope || !id || !name ||
      id_of<AccountId>(claims, "client_id") != account) {
    return std::unexpected(TokenError::malformed);
  }
  // One key may serve issuers and audiences that must not take each other's tokens (RFC 8725 §3.8, §3.9).
  if (text_of(claims, "iss") != issuer_) return std::unexpected(TokenError::wrong_issuer);
  if (text_of(claims, "aud") != audience_) return std::unexpected(TokenError::wrong_audience);
  if (now >= *expires_at) return std::unexpected(TokenError::expired);
  if (issued_at->micros > now.micros + kMaxClockSkew * kMicros)
    return std::unexpected(TokenError::not_yet_valid);
  return AccessTokenClaims{*account,          *organization,  *issued_at,      *expires_at,
                           std::move(*scope), std::move(*id), std::move(*name)};
}

}  // namespace byline::security
