#include "security/base64.hpp"

#include <sodium.h>

#include "security/openssl.hpp"

namespace byline::security {
namespace {

std::optional<std::string> decode(std::string_view text, int variant) {
  std::string bytes(text.size() / 4 * 3 + 3, '\0');
  std::size_t length = 0;
  if (sodium_base642bin(bytes_of(bytes), bytes.size(), text.data(), text.size(), nullptr, &length, nullptr,
                        variant) != 0) {
    return std::nullopt;
  }
  bytes.resize(length);
  return bytes;
}

}  // namespace

std::string to_base64(std::string_view bytes) {
  // OpenSSL's has tables; libsodium's takes the same time for all bytes, which takes its time, and what is
  // written here is no secret that its reader does not get.
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  auto length = EVP_EncodeBlock(bytes_of(text), bytes_of(bytes), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

std::string to_base64url(std::string_view bytes) {
  auto text = to_base64(bytes);
  text.resize(text.size() - (3 - bytes.size() % 3) % 3);  // without padding
  // Each is written, so that the loop is vectorized.
  for (auto& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return text;
}

std::optional<std::string> from_base64url(std::string_view text) {
  auto bytes = decode(text, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  // libsodium 1.0.18 takes bytes above 127 for characters of the alphabet.
  if (bytes && to_base64url(*bytes) != text) return std::nullopt;
  return bytes;
}

std::optional<std::string> from_base64(std::string_view text) {
  auto bytes = decode(text, sodium_base64_VARIANT_ORIGINAL);
  if (bytes && to_base64(*bytes) != text) return std::nullopt;
  return bytes;
}

std::string sha256_base64url(std::string_view text) {
  std::string hash(crypto_hash_sha256_BYTES, '\0');
  crypto_hash_sha256(reinterpret_cast<unsigned char*>(hash.data()),
                     reinterpret_cast<const unsigned char*>(text.data()), text.size());
  return to_base64url(hash);
}

}  // namespace byline::security
