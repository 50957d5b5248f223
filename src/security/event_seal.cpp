#include "security/event_seal.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>

#include "security/base64.hpp"

namespace byline::security {
namespace {

constexpr std::size_t kBindingBytes = crypto_verify_32_BYTES;
constexpr std::size_t kTagBytes = crypto_aead_chacha20poly1305_ietf_ABYTES;
constexpr std::array<unsigned char, crypto_aead_chacha20poly1305_ietf_NPUBBYTES> kNonce{};

struct Derived {
  std::array<unsigned char, 64> bytes;
  explicit Derived(const Key& key) {
    constexpr std::string_view kLabel = "byline personal fields 1";
    crypto_generichash_blake2b(bytes.data(), bytes.size(), bytes_of(kLabel), kLabel.size(), key.data(),
                               key.size());
  }
  ~Derived() { sodium_memzero(bytes.data(), bytes.size()); }
  Derived(const Derived&) = delete;
  Derived& operator=(const Derived&) = delete;
  const unsigned char* encryption() const { return bytes.data(); }
  const unsigned char* binding() const { return bytes.data() + 32; }
};

}  // namespace

Key event_key(const Key& owner_key, std::string_view event_id) {
  return derive_key(owner_key, "event", event_id);
}

std::string seal_event(const Key& event_key, std::string_view fields) {
  Derived derived(event_key);
  std::string sealed(kBindingBytes + fields.size() + kTagBytes, '\0');
  auto* out = reinterpret_cast<unsigned char*>(sealed.data());
  std::copy_n(derived.binding(), kBindingBytes, out);
  crypto_aead_chacha20poly1305_ietf_encrypt(out + kBindingBytes, nullptr, bytes_of(fields), fields.size(),
                                            nullptr, 0, nullptr, kNonce.data(), derived.encryption());
  return to_base64url(sealed);
}

std::optional<std::string> open_event(const Key& event_key, std::string_view sealed) {
  auto bytes = from_base64url(sealed);
  if (!bytes || bytes->size() < kBindingBytes + kTagBytes) return std::nullopt;
  Derived derived(event_key);
  if (crypto_verify_32(bytes_of(*bytes), derived.binding()) != 0) return std::nullopt;
  auto box = std::string_view(*bytes).substr(kBindingBytes);
  std::string fields(box.size() - kTagBytes, '\0');
  if (crypto_aead_chacha20poly1305_ietf_decrypt(reinterpret_cast<unsigned char*>(fields.data()), nullptr,
                                                nullptr, bytes_of(box), box.size(), nullptr, 0, kNonce.data(),
                                                derived.encryption()) != 0) {
    return std::nullopt;
  }
  return fields;
}

}  // namespace byline::security
