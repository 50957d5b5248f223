#include "security/base64.hpp"

#include <sodium.h>

#include <algorithm>

#include "security/openssl.hpp"

namespace byline::security {
// OpenSSL's has tables; libsodium's takes the same time for all bytes, which takes its time, and what is
// written and read here is no secret to who gets it or sent it.

namespace {

/// Of text that is base64 with padding. Other text may give bytes too: only of those that give the same text
/// again is it known that they are what it says.
std::string decode(const std::string& text) {
  std::string bytes(text.size() / 4 * 3, '\0');
  auto length = EVP_DecodeBlock(bytes_of(bytes), bytes_of(text), static_cast<int>(text.size()));
  auto padding = std::ranges::count(text, '=');
  bytes.resize(static_cast<std::size_t>(std::max<std::ptrdiff_t>(length - padding, 0)));
  return bytes;
}

}  // namespace

std::string to_base64(std::string_view bytes) {
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
  std::string padded(text);
  for (auto& c : padded) c = c == '-' ? '+' : c == '_' ? '/' : c;
  padded.append((4 - text.size() % 4) % 4, '=');
  auto bytes = decode(padded);
  if (to_base64url(bytes) != text) return std::nullopt;
  return bytes;
}

std::optional<std::string> from_base64(std::string_view text) {
  auto bytes = decode(std::string(text));
  if (to_base64(bytes) != text) return std::nullopt;
  return bytes;
}

std::string sha256_base64url(std::string_view text) {
  std::string hash(crypto_hash_sha256_BYTES, '\0');
  crypto_hash_sha256(reinterpret_cast<unsigned char*>(hash.data()),
                     reinterpret_cast<const unsigned char*>(text.data()), text.size());
  return to_base64url(hash);
}

}  // namespace byline::security
