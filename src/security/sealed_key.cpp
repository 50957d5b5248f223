#include "security/sealed_key.hpp"

#include <sodium.h>

#include "security/sealed_text.hpp"

namespace byline::security {
namespace {

constexpr std::string_view kPurpose = "signing key";

}  // namespace

std::string seal_signing_key(const Key& key_encryption_key, const SigningKey& key) {
  auto bytes = key.private_bytes();
  auto sealed = seal_text(key_encryption_key, kPurpose, key.kid(), bytes);
  sodium_memzero(bytes.data(), bytes.size());
  return sealed;
}

std::optional<SigningKey> open_signing_key(const Key& key_encryption_key, std::string_view kid,
                                           std::string_view sealed) {
  auto plain = open_text(key_encryption_key, kPurpose, kid, sealed);
  if (!plain) return std::nullopt;
  auto key = SigningKey::from_private_bytes(*plain);
  sodium_memzero(plain->data(), plain->size());
  return key && key->kid() == kid ? key : std::nullopt;
}

}  // namespace byline::security
