#include "security/ecdsa_signature.hpp"

#include <openssl/ecdsa.h>

#include "security/openssl.hpp"

namespace byline::security {
namespace {

constexpr int kCoordinateBytes = 32;
using EcdsaSignature = std::unique_ptr<ECDSA_SIG, FreeBy<ECDSA_SIG_free>>;

}  // namespace

std::string ecdsa_to_raw(std::string_view der) {
  const auto* begin = bytes_of(der);
  EcdsaSignature parts(d2i_ECDSA_SIG(nullptr, &begin, static_cast<long>(der.size())));
  std::string raw(kEcdsaSignatureBytes, '\0');
  must(parts &&
           BN_bn2binpad(ECDSA_SIG_get0_r(parts.get()), bytes_of(raw), kCoordinateBytes) == kCoordinateBytes &&
           BN_bn2binpad(ECDSA_SIG_get0_s(parts.get()), bytes_of(raw) + kCoordinateBytes, kCoordinateBytes) ==
               kCoordinateBytes,
       "write a signature");
  return raw;
}

std::string ecdsa_to_der(std::string_view raw) {
  EcdsaSignature parts(ECDSA_SIG_new());
  BIGNUM* r = BN_bin2bn(bytes_of(raw), kCoordinateBytes, nullptr);
  BIGNUM* s = BN_bin2bn(bytes_of(raw) + kCoordinateBytes, kCoordinateBytes, nullptr);
  must(parts && r && s && ECDSA_SIG_set0(parts.get(), r, s) == 1, "read a signature");
  std::string der(static_cast<std::size_t>(i2d_ECDSA_SIG(parts.get(), nullptr)), '\0');
  auto* out = bytes_of(der);
  i2d_ECDSA_SIG(parts.get(), &out);
  return der;
}

}  // namespace byline::security
