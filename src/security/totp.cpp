#include "security/totp.hpp"

#include <openssl/hmac.h>
#include <sodium.h>

#include "security/openssl.hpp"
#include "security/secret.hpp"

namespace byline::security {
namespace {

constexpr std::int64_t kStep = 30LL * 1'000'000;  ///< microseconds

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (char c : text) {
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                 c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
      continue;
    }
    auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
  return out;
}

}  // namespace

std::string new_totp_secret() {
  std::string secret(20, '\0');
  randombytes_buf(secret.data(), secret.size());
  return secret;
}

std::string totp_code(std::string_view secret, std::int64_t step) {
  std::string counter(8, '\0');
  auto rest = static_cast<std::uint64_t>(step);
  for (std::size_t i = 8; i-- > 0; rest >>= 8) counter[i] = static_cast<char>(rest & 0xFF);
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  must(HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()), bytes_of(counter), counter.size(),
            mac, &size) != nullptr,
       "hash");
  // RFC 4226 §5.3.
  std::size_t offset = mac[size - 1] & 15U;
  std::uint32_t number = (mac[offset] & 0x7FU) << 24 | mac[offset + 1] << 16 | mac[offset + 2] << 8 |
                         static_cast<std::uint32_t>(mac[offset + 3]);
  auto digits = std::to_string(number % 1'000'000);
  return std::string(6 - digits.size(), '0') + digits;
}

std::optional<std::int64_t> totp_step_of(std::string_view secret, std::string_view code, Time now) {
  std::optional<std::int64_t> found;
  auto current = now.micros / kStep;
  for (auto step : {current - 1, current, current + 1}) {
    if (equal_constant_time(totp_code(secret, step), code)) found = step;
  }
  return found;
}

Time totp_good_until(std::int64_t step) { return {(step + 2) * kStep}; }

std::string to_base32(std::string_view bytes) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string out;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (char c : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    for (count += 8; count >= 5; count -= 5) out += kAlphabet[bits >> (count - 5) & 31];
  }
  if (count > 0) out += kAlphabet[bits << (5 - count) & 31];
  return out;
}

std::string totp_uri(std::string_view secret, std::string_view issuer, std::string_view account) {
  auto name = percent_encoded(issuer);
  return "otpauth://totp/" + name + ":" + percent_encoded(account) + "?secret=" + to_base32(secret) +
         "&issuer=" + name;
}

}  // namespace byline::security
