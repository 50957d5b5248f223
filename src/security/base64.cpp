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
  std::uint8_t all = 0;  // the digits, over one another
  auto read_four = [&all](const char* digits, char* out) {
    auto digit = [digits](int i) { return kUrlDigits[static_cast<unsigned char>(digits[i])]; };
    std::uint8_t a = digit(0), b = digit(1), c = digit(2), d = digit(3);
    all |= a | b | c | d;
    out[0] = static_cast<char>(a << 2 | b >> 4);
    out[1] = static_cast<char>(b << 4 | c >> 2);
    out[2] = static_cast<char>(c << 6 | d);
  };
  auto rest = text.size() % 4;
  if (rest == 1) return std::nullopt;
  std::string bytes(text.size() * 3 / 4, '\0');
  char* out = bytes.data();
  for (std::size_t i = 0; i + 4 <= text.size(); i += 4, out += 3) read_four(&text[i], out);
  if (rest > 0) {
    std::array<char, 4> digits = {'A', 'A', 'A', 'A'};  // zeros
    std::array<char, 3> last;
    text.copy(digits.data(), rest, text.size() - rest);
    read_four(digits.data(), last.data());
    // Bits to spare are zeros: no two texts are the same bytes (RFC 4648 §3.5).
    if (last[rest - 1] != 0) return std::nullopt;
    std::copy_n(last.begin(), rest - 1, out);
  }
  if (all == kNoDigit) return std::nullopt;
  return bytes;
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
