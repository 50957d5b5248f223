#include "security/signing_key.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <sodium.h>

#include <algorithm>
#include <stdexcept>

namespace byline::security {
namespace {

template <auto Free>
struct FreeBy {
  void operator()(auto* thing) const { Free(thing); }
};
using BigNumber = std::unique_ptr<BIGNUM, FreeBy<BN_clear_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, FreeBy<EVP_PKEY_CTX_free>>;
using ParamsBuilder = std::unique_ptr<OSSL_PARAM_BLD, FreeBy<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, FreeBy<OSSL_PARAM_free>>;
using Coordinate = SigningKey::Coordinate;

void must(bool done, const char* what) {
  if (!done) throw std::runtime_error(std::string("OpenSSL cannot ") + what);
}

std::string_view view(const Coordinate& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Coordinate read_number(const EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  must(EVP_PKEY_get_bn_param(key, name, &number) == 1, "read a key");
  BigNumber owner(number);
  Coordinate bytes;
  must(BN_bn2binpad(number, bytes.data(), bytes.size()) == static_cast<int>(bytes.size()), "read a key");
  return bytes;
}

/// The public key as an uncompressed point (SEC 1 §2.3.3).
std::array<std::uint8_t, 65> point_of(const Coordinate& x, const Coordinate& y) {
  std::array<std::uint8_t, 65> point{4};
  std::ranges::copy(x, point.begin() + 1);
  std::ranges::copy(y, point.begin() + 33);
  return point;
}

/// The members that RFC 7638 §3.2 hashes, in its order and without white space.
std::string thumbprint_members(const Coordinate& x, const Coordinate& y) {
  return R"("crv":"P-256","kty":"EC","x":")" + to_base64url(view(x)) + R"(","y":")" + to_base64url(view(y)) +
         '"';
}

std::string thumbprint(const Coordinate& x, const Coordinate& y) {
  auto json = "{" + thumbprint_members(x, y) + "}";
  std::string hash(crypto_hash_sha256_BYTES, '\0');
  crypto_hash_sha256(reinterpret_cast<unsigned char*>(hash.data()),
                     reinterpret_cast<const unsigned char*>(json.data()), json.size());
  return to_base64url(hash);
}

}  // namespace

SigningKey::SigningKey(std::shared_ptr<evp_pkey_st> key, const Coordinate& x, const Coordinate& y)
    : key_(std::move(key)), x_(x), y_(y), kid_(thumbprint(x, y)) {}

SigningKey SigningKey::generate() {
  std::shared_ptr<EVP_PKEY> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  must(key != nullptr, "generate a key");
  return SigningKey(key, read_number(key.get(), OSSL_PKEY_PARAM_EC_PUB_X),
                    read_number(key.get(), OSSL_PKEY_PARAM_EC_PUB_Y));
}

std::optional<SigningKey> SigningKey::from_parts(const Coordinate& x, const Coordinate& y,
                                                 const Coordinate& d) {
  auto point = point_of(x, y);
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
  must(params && context && EVP_PKEY_fromdata_init(context.get()) == 1, "prepare a key");
  EVP_PKEY* made = nullptr;
  bool fits = EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_KEYPAIR, params.get()) == 1;
  std::shared_ptr<EVP_PKEY> key(made, EVP_PKEY_free);
  // That the point is on the curve, the number in its range, and the one the other's.
  KeyContext check(fits ? EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr) : nullptr);
  fits = check && EVP_PKEY_check(check.get()) == 1;
  ERR_clear_error();  // what OpenSSL noted about it would surprise the thread's next user
  if (!fits) return std::nullopt;
  return SigningKey(key, x, y);
}

std::string SigningKey::public_jwk() const {
  return "{" + thumbprint_members(x_, y_) + R"(,"alg":"ES256","use":"sig","kid":")" + kid_ + R"("})";
}

SigningKey::Coordinate SigningKey::d() const { return read_number(key_.get(), OSSL_PKEY_PARAM_PRIV_KEY); }

std::string to_base64url(std::string_view bytes) {
  std::string text(sodium_base64_encoded_len(bytes.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                    bytes.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  text.pop_back();  // libsodium ends it with a zero
  return text;
}

std::optional<std::string> from_base64url(std::string_view text) {
  std::string bytes(text.size() / 4 * 3 + 3, '\0');
  std::size_t length = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(),
                        text.size(), nullptr, &length, nullptr,
                        sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0) {
    return std::nullopt;
  }
  bytes.resize(length);
  // libsodium 1.0.18 takes bytes above 127 for characters of the alphabet.
  if (to_base64url(bytes) != text) return std::nullopt;
  return bytes;
}

}  // namespace byline::security
