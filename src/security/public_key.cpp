#include "security/public_key.hpp"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>

#include <array>
#include <nlohmann/json.hpp>
#include <optional>

#include "security/base64.hpp"
#include "security/ecdsa_signature.hpp"
#include "security/openssl.hpp"

namespace byline::security {
namespace {

using nlohmann::json;

std::string text_at(const json& jwk, const char* name) {
  auto found = jwk.find(name);
  return found != jwk.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<std::string> bytes_at(const json& jwk, const char* name, std::size_t size = 0) {
  auto bytes = from_base64url(text_at(jwk, name));
  if (!bytes || bytes->empty() || (size > 0 && bytes->size() != size)) return std::nullopt;
  return bytes;
}

SharedKey make_key(const char* type, OSSL_PARAM_BLD* builder) {
  Params params(OSSL_PARAM_BLD_to_param(builder));
  KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  must(params && context && EVP_PKEY_fromdata_init(context.get()) == 1, "prepared_to_verify a key");
  EVP_PKEY* made = nullptr;
  bool fits = EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, params.get()) == 1;
  auto key = share(made);
  KeyContext check(fits ? EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr) : nullptr);
  fits = check && EVP_PKEY_public_check(check.get()) == 1;
  ERR_clear_error();  // what OpenSSL noted about it would surprise the thread's next user
  return fits ? key : nullptr;
}

SharedKey read_ec(const json& jwk) {
  auto x = bytes_at(jwk, "x", 32);
  auto y = bytes_at(jwk, "y", 32);
  if (!x || !y) return nullptr;
  auto point = "\x04" + *x + *y;  // uncompressed (SEC 1 §2.3.3)
  ParamsBuilder builder(OSSL_PARAM_BLD_new());
  must(builder &&
           OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) == 1 &&
           OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                            point.size()) == 1,
       "describe a key");
  return make_key("EC", builder.get());
}

SharedKey read_okp(const json& jwk) {
  auto x = bytes_at(jwk, "x", 32);
  if (!x) return nullptr;
  auto key = share(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(*x), x->size()));
  ERR_clear_error();
  return key;
}

std::expected<SharedKey, std::string> read_rsa(const json& jwk) {
  constexpr std::size_t kMaxExponentBytes = 8;
  auto n = bytes_at(jwk, "n");
  auto e = bytes_at(jwk, "e");
  if (!n || !e || e->size() > kMaxExponentBytes || n->front() == '\0' ||
      n->size() > PublicKey::kMaxRsaBits / 8)
    return std::unexpected("n and e must be an RSA key of 2048 to 4096 bits");
  BigNumber modulus(BN_bin2bn(bytes_of(*n), static_cast<int>(n->size()), nullptr));
  BigNumber exponent(BN_bin2bn(bytes_of(*e), static_cast<int>(e->size()), nullptr));
  must(modulus && exponent, "read a number");
  if (BN_num_bits(modulus.get()) < PublicKey::kMinRsaBits)
    return std::unexpected("an RSA key must have at least 2048 bits");
  ParamsBuilder builder(OSSL_PARAM_BLD_new());
  must(builder && OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) == 1 &&
           OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) == 1,
       "describe a key");
  auto key = make_key("RSA", builder.get());
  if (!key) return std::unexpected("n and e are no RSA key");
  return key;
}

std::string number_of(const EVP_PKEY* key, const char* name, std::size_t size = 0) {
  BIGNUM* raw = nullptr;
  must(EVP_PKEY_get_bn_param(key, name, &raw) == 1, "read a key");
  BigNumber number(raw);
  std::string bytes(size > 0 ? size : static_cast<std::size_t>(BN_num_bytes(raw)), '\0');
  must(BN_bn2binpad(raw, bytes_of(bytes), static_cast<int>(bytes.size())) == static_cast<int>(bytes.size()),
       "read a key");
  return to_base64url(bytes);
}

std::string members_of(const EVP_PKEY* key, SignatureAlgorithm algorithm) {
  switch (algorithm) {
    case SignatureAlgorithm::es256:
      return R"("crv":"P-256","kty":"EC","x":")" + number_of(key, OSSL_PKEY_PARAM_EC_PUB_X, 32) +
             R"(","y":")" + number_of(key, OSSL_PKEY_PARAM_EC_PUB_Y, 32) + '"';
    case SignatureAlgorithm::eddsa: {
      std::string x(32, '\0');
      auto size = x.size();
      must(EVP_PKEY_get_raw_public_key(key, bytes_of(x), &size) == 1 && size == x.size(), "read a key");
      return R"("crv":"Ed25519","kty":"OKP","x":")" + to_base64url(x) + '"';
    }
    case SignatureAlgorithm::rs256:
      return R"("e":")" + number_of(key, OSSL_PKEY_PARAM_RSA_E) + R"(","kty":"RSA","n":")" +
             number_of(key, OSSL_PKEY_PARAM_RSA_N) + '"';
  }
  return {};
}

SignatureAlgorithm algorithm_of(const EVP_PKEY* key) {
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_EC:
      return SignatureAlgorithm::es256;
    case EVP_PKEY_ED25519:
      return SignatureAlgorithm::eddsa;
    case EVP_PKEY_RSA:
      return SignatureAlgorithm::rs256;
    default:
      throw std::runtime_error("a key of an unknown kind");
  }
}

std::shared_ptr<const EVP_MD_CTX> prepared_to_verify(EVP_PKEY* key, SignatureAlgorithm algorithm) {
  std::shared_ptr<EVP_MD_CTX> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  const auto* hash = algorithm == SignatureAlgorithm::eddsa ? nullptr : EVP_sha256();
  must(context && EVP_DigestVerifyInit(context.get(), nullptr, hash, nullptr, key) == 1,
       "prepared_to_verify a key");
  return context;
}

/// What a key says of itself beside its numbers must fit.
std::string objection_to(const json& jwk) {
  for (const char* secret : {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}) {
    if (jwk.contains(secret)) return "it holds the private key: keep that, and send the public one";
  }
  if (jwk.contains("use") && jwk["use"] != "sig") return "its use is not sig";
  if (auto kid = jwk.find("kid");
      kid != jwk.end() && (!kid->is_string() || kid->get_ref<const std::string&>().size() > 256))
    return "its kid is no text of at most 256 characters";
  return {};
}

}  // namespace

PublicKey::PublicKey(SharedKey key)
    : key_(std::move(key)),
      algorithm_(algorithm_of(key_.get())),
      members_(members_of(key_.get(), algorithm_)),
      thumbprint_(sha256_base64url("{" + members_ + "}")),
      prepared_(prepared_to_verify(key_.get(), algorithm_)) {}

std::expected<PublicKey, std::string> PublicKey::from_jwk(const json& jwk) {
  if (!jwk.is_object()) return std::unexpected("a key is a JSON object");
  if (auto wrong = objection_to(jwk); !wrong.empty()) return std::unexpected(wrong);
  auto type = text_at(jwk, "kty");
  auto curve = text_at(jwk, "crv");
  SharedKey key;
  if (type == "EC" && curve == "P-256") {
    key = read_ec(jwk);
    if (!key) return std::unexpected("x and y are no point on P-256");
  } else if (type == "OKP" && curve == "Ed25519") {
    key = read_okp(jwk);
    if (!key) return std::unexpected("x is no public key of Ed25519");
  } else if (type == "RSA") {
    auto read = read_rsa(jwk);
    if (!read) return std::unexpected(read.error());
    key = std::move(*read);
  } else {
    return std::unexpected("keys are EC with P-256, OKP with Ed25519, or RSA");
  }
  PublicKey made(std::move(key));
  if (jwk.contains("alg") && jwk["alg"] != name_of(made.algorithm()))
    return std::unexpected("a key of this kind is for " + std::string(name_of(made.algorithm())));
  return made;
}

std::string PublicKey::jwk(std::string_view kid) const {
  return "{" + members_ + R"(,"alg":")" + std::string(name_of(algorithm_)) + R"(","use":"sig","kid":)" +
         json(std::string(kid)).dump() + "}";
}

std::size_t PublicKey::signature_bytes() const {
  return algorithm_ == SignatureAlgorithm::es256 ? kEcdsaSignatureBytes
                                                 : static_cast<std::size_t>(EVP_PKEY_get_size(key_.get()));
}

bool PublicKey::verify(std::string_view text, std::string_view signature) const {
  if (signature.size() != signature_bytes()) return false;
  std::string der;
  if (algorithm_ == SignatureAlgorithm::es256) {
    der = ecdsa_to_der(signature);
    signature = der;
  }
  DigestContext context(EVP_MD_CTX_new());
  must(context && EVP_MD_CTX_copy_ex(context.get(), prepared_.get()) == 1, "copy a context");
  bool good = EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(text),
                               text.size()) == 1;
  if (!good)
    ERR_clear_error();  // TLS on the same thread reads that queue, and would take the fault for its own
  return good;
}

}  // namespace byline::security
