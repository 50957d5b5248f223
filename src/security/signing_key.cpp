#include "security/signing_key.hpp"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <algorithm>

#include "security/ecdsa_signature.hpp"
#include "security/openssl.hpp"

namespace byline::security {
namespace {

constexpr unsigned kRsaBits = 3072;  // NIST SP 800-57: as strong as P-256
using Pkcs8 = std::unique_ptr<PKCS8_PRIV_KEY_INFO, FreeBy<PKCS8_PRIV_KEY_INFO_free>>;

std::shared_ptr<const EVP_MD_CTX> prepared_to_sign(EVP_PKEY* key, SignatureAlgorithm algorithm) {
  std::shared_ptr<EVP_MD_CTX> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  const auto* hash = algorithm == SignatureAlgorithm::eddsa ? nullptr : EVP_sha256();
  must(context && EVP_DigestSignInit(context.get(), nullptr, hash, nullptr, key) == 1,
       "prepared_to_sign a key");
  return context;
}

SharedKey generate_key(SignatureAlgorithm algorithm) {
  switch (algorithm) {
    case SignatureAlgorithm::es256:
      return share(EVP_EC_gen("P-256"));
    case SignatureAlgorithm::eddsa:
      return share(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    case SignatureAlgorithm::rs256:
      return share(EVP_RSA_gen(kRsaBits));
  }
  return nullptr;
}

}  // namespace

SigningKey::SigningKey(SharedKey key)
    : key_(std::move(key)),
      public_key_(key_),
      prepared_(prepared_to_sign(key_.get(), public_key_.algorithm())) {}

SigningKey SigningKey::generate(SignatureAlgorithm algorithm) {
  auto key = generate_key(algorithm);
  must(key != nullptr, "generate a key");
  return SigningKey(std::move(key));
}

std::optional<SigningKey> SigningKey::from_private_bytes(std::string_view pkcs8) {
  const auto* begin = bytes_of(pkcs8);
  Pkcs8 info(d2i_PKCS8_PRIV_KEY_INFO(nullptr, &begin, static_cast<long>(pkcs8.size())));
  auto key = share(info && begin == bytes_of(pkcs8) + pkcs8.size() ? EVP_PKCS82PKEY(info.get()) : nullptr);
  ERR_clear_error();  // what OpenSSL noted about it would surprise the thread's next user
  if (!key) return std::nullopt;
  return SigningKey(std::move(key));
}

std::optional<SigningKey> SigningKey::from_parts(const Coordinate& x, const Coordinate& y,
                                                 const Coordinate& d) {
  std::array<std::uint8_t, 65> point{4};  // uncompressed (SEC 1 §2.3.3)
  std::ranges::copy(x, point.begin() + 1);
  std::ranges::copy(y, point.begin() + 33);
  BigNumber number(BN_bin2bn(d.data(), d.size(), nullptr));
  ParamsBuilder builder(OSSL_PARAM_BLD_new());
  must(number && builder &&
           OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) == 1 &&
           OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                            point.size()) == 1 &&
           OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, number.get()) == 1,
       "describe a key");
  Params params(OSSL_PARAM_BLD_to_param(builder.get()));
  KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  must(params && context && EVP_PKEY_fromdata_init(context.get()) == 1, "prepared_to_sign a key");
  EVP_PKEY* made = nullptr;
  bool fits = EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_KEYPAIR, params.get()) == 1;
  auto key = share(made);
  // That the point is on the curve, the number in its range, and the one the other's.
  KeyContext check(fits ? EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr) : nullptr);
  fits = check && EVP_PKEY_check(check.get()) == 1;
  ERR_clear_error();  // what OpenSSL noted about it would surprise the thread's next user
  if (!fits) return std::nullopt;
  return SigningKey(std::move(key));
}

std::string SigningKey::private_bytes() const {
  Pkcs8 info(EVP_PKEY2PKCS8(key_.get()));
  unsigned char* raw = nullptr;
  auto length = info ? i2d_PKCS8_PRIV_KEY_INFO(info.get(), &raw) : -1;
  must(length > 0, "write a key");
  std::string bytes(reinterpret_cast<const char*>(raw), static_cast<std::size_t>(length));
  OPENSSL_clear_free(raw, static_cast<std::size_t>(length));
  return bytes;
}

std::string SigningKey::sign(std::string_view text) const {
  DigestContext context(EVP_MD_CTX_new());
  must(context && EVP_MD_CTX_copy_ex(context.get(), prepared_.get()) == 1, "copy a context");
  std::string signature(static_cast<std::size_t>(EVP_PKEY_get_size(key_.get())), '\0');
  auto length = signature.size();
  must(EVP_DigestSign(context.get(), bytes_of(signature), &length, bytes_of(text), text.size()) == 1, "sign");
  signature.resize(length);
  return algorithm() == SignatureAlgorithm::es256 ? ecdsa_to_raw(signature) : signature;
}

}  // namespace byline::security
