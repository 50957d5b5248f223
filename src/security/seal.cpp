#include "security/seal.hpp"

#include <sodium.h>

#include <stdexcept>

#include "security/bytes.hpp"
#include "security/random.hpp"

namespace byline::security {
namespace {

constexpr char kSealVersion = 1;
constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kSealTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t kHeadBytes = 1 + kNonceBytes;
static_assert(std::tuple_size_v<Key> == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

/// libsodium picks the fastest code for this processor when it is initialized, and must be before threads use
/// it.
void prepare_sodium() {
  static const int ready = sodium_init();
  if (ready < 0) throw std::runtime_error("libsodium cannot be initialized");
}

void mix(crypto_generichash_blake2b_state& state, std::string_view text) {
  // The length first, so that where one text ends is part of what is hashed.
  std::array<unsigned char, 8> length;
  for (std::size_t i = 0; i < length.size(); ++i)
    length[i] = static_cast<unsigned char>(text.size() >> (8 * i));
  crypto_generichash_blake2b_update(&state, length.data(), length.size());
  crypto_generichash_blake2b_update(&state, bytes_of(text), text.size());
}

}  // namespace

Key new_key() {
  prepare_sodium();
  Key key;
  fill_random(key);
  return key;
}

std::string seal(const Key& key, std::string_view plain, std::string_view associated) {
  prepare_sodium();
  std::string sealed(kHeadBytes + plain.size() + kSealTagBytes, '\0');
  sealed[0] = kSealVersion;
  auto* nonce = bytes_of(sealed) + 1;
  fill_random({nonce, kNonceBytes});
  crypto_aead_xchacha20poly1305_ietf_encrypt(bytes_of(sealed) + kHeadBytes, nullptr, bytes_of(plain),
                                             plain.size(), bytes_of(associated), associated.size(), nullptr,
                                             nonce, key.data());
  return sealed;
}

std::optional<std::string> open(const Key& key, std::string_view sealed, std::string_view associated) {
  prepare_sodium();
  if (sealed.size() < kHeadBytes + kSealTagBytes || sealed[0] != kSealVersion) return std::nullopt;
  const auto* nonce = bytes_of(sealed) + 1;
  auto box = sealed.substr(kHeadBytes);
  std::string plain(box.size() - kSealTagBytes, '\0');
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(bytes_of(plain), nullptr, nullptr, bytes_of(box), box.size(),
                                                 bytes_of(associated), associated.size(), nonce,
                                                 key.data()) != 0) {
    return std::nullopt;
  }
  return plain;
}

Key derive_key(const Key& master, std::string_view purpose, std::string_view context) {
  prepare_sodium();
  Key key;
  crypto_generichash_blake2b_state state;
  crypto_generichash_blake2b_init(&state, master.data(), master.size(), key.size());
  mix(state, purpose);
  mix(state, context);
  crypto_generichash_blake2b_final(&state, key.data(), key.size());
  return key;
}

}  // namespace byline::security
