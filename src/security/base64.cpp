#include "security/base64.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "security/openssl.hpp"

namespace byline::security {
// OpenSSL's has tables; libsodium's takes the same time for all bytes, which takes its time, and what is
// written and read here is no secret to who gets it or sent it.

namespace {

/// Of text that is base64 with padding. Other text may give bytes too, or too few.
std::string decode(const std::string& text) {
  std::string bytes(text.size() / 4 * 3, '\0');
  auto length = EVP_DecodeBlock(bytes_of(bytes), bytes_of(text), static_cast<int>(text.size()));
  auto padding = std::ranges::count(text, '=');
  bytes.resize(static_cast<std::size_t>(std::max<std::ptrdiff_t>(length - padding, 0)));
  return bytes;
}

constexpr std::uint8_t kNoDigit = 0xFF;
constexpr auto kUrlDigits = [] {
  std::array<std::uint8_t, 256> digits;
  digits.fill(kNoDigit);
  std::uint8_t next = 0;
  for (char c : std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"))
    digits[static_cast<unsigned char>(c)] = next++;
  return digits;
}();

/// Whether it is base64url without padding, with zeros in the bits that the last digit has to spare: no two
/// texts are the same bytes (RFC 4648 §3.5).
bool is_base64url(std::string_view text) {
  auto rest = text.size() % 4;
  if (rest == 1) return false;
  std::uint8_t all = 0;
  for (char c : text) all |= kUrlDigits[static_cast<unsigned char>(c)];
  if (all == kNoDigit) return false;
  auto spare = rest == 2 ? 0x0FU : rest == 3 ? 0x03U : 0U;
  return spare == 0 || (kUrlDigits[static_cast<unsigned char>(text.back())] & spare) == 0;
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
  if (!is_base64url(text)) return std::nullopt;
  std::string padded(text);
  for (auto& c : padded) c = c == '-' ? '+' : c == '_' ? '/' : c;
  padded.append((4 - text.size() % 4) % 4, '=');
  return decode(padded);
}

std::optional<std::string> from_base64(std::string_view text) {
  // Of text that is something else, its bytes are others'.
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
