#include "security/sealed_key.hpp"

#include <sodium.h>

#include "security/base64url.hpp"

namespace byline::security {
namespace {

constexpr std::string_view kPurpose = "signing key";

}  // namespace

std::string seal_signing_key(const Key& key_encryption_key, const SigningKey& key) {
  auto bytes = key.private_bytes();
  auto sealed = seal(derive_key(key_encryption_key, kPurpose, key.kid()), bytes, key.kid());
  sodium_memzero(bytes.data(), bytes.size());
  return to_base64url(sealed);
}

std::optional<SigningKey> open_signing_key(const Key& key_encryption_key, std::string_view kid,
                                           std::string_view sealed) {
  auto bytes = from_base64url(sealed);
  auto plain = bytes ? open(derive_key(key_encryption_key, kPurpose, kid), *bytes, kid) : std::nullopt;
  if (!plain) return std::nullopt;
  auto key = SigningKey::from_private_bytes(*plain);
  sodium_memzero(plain->data(), plain->size());
  return key && key->kid() == kid ? key : std::nullopt;
}

}  // namespace byline::security
