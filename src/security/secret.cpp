#include "security/secret.hpp"

#include <sodium.h>

#include <algorithm>
#include <cstring>
#include <span>

#include "security/seal.hpp"

namespace byline::security {
namespace {

constexpr std::string_view kBase62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::size_t kBodyLength = 43;     // 62^43 is just above 2^256
constexpr std::size_t kChecksumLength = 6;  // 62^6 is above 2^32
constexpr std::size_t kHintLength = 4;

/// CRC-32 of ISO 3309, as zlib and GitHub have it (polynomial 0x04C11DB7, reflected).
constexpr auto kCrcTable = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB88320U : 0U);
    table[i] = crc;
  }
  return table;
}();

constexpr std::uint32_t crc32(std::string_view text) {
  std::uint32_t crc = 0xFFFFFFFFU;
  for (char c : text) crc = (crc >> 8) ^ kCrcTable[(crc ^ static_cast<unsigned char>(c)) & 0xFF];
  return ~crc;
}
static_assert(crc32("123456789") == 0xCBF43926U, "the check value of CRC-32/ISO-HDLC");

/// Writes a number, given as 32-bit limbs with the highest first, as exactly `count` digits. The limbs are
/// used up.
void append_base62(std::string& out, std::span<std::uint32_t> limbs, std::size_t count) {
  constexpr std::size_t kAtOnce = 5;  // digits that one division of all limbs gives
  constexpr std::uint32_t kPower = 62U * 62 * 62 * 62 * 62;
  auto begin = out.size();
  out.resize(begin + count);
  for (auto end = begin + count; end > begin;) {
    std::uint64_t remainder = 0;
    for (auto& limb : limbs) {
      auto dividend = remainder << 32 | limb;
      limb = static_cast<std::uint32_t>(dividend / kPower);
      remainder = dividend % kPower;
    }
    auto digits = static_cast<std::uint32_t>(remainder);
    for (std::size_t i = 0; i < kAtOnce && end > begin; ++i, digits /= 62) out[--end] = kBase62[digits % 62];
  }
}

void append_checksum(std::string& out) {
  std::array<std::uint32_t, 1> crc{crc32(out)};
  append_base62(out, crc, kChecksumLength);
}

}  // namespace

std::string new_secret(std::string_view prefix) {
  auto key = new_key();
  std::array<std::uint32_t, 8> random;
  static_assert(sizeof random == sizeof key);
  std::memcpy(random.data(), key.data(), key.size());
  sodium_memzero(key.data(), key.size());
  std::string secret;
  secret.reserve(prefix.size() + kBodyLength + kChecksumLength);
  secret += prefix;
  append_base62(secret, random, kBodyLength);  // divides `random` down to zeros
  append_checksum(secret);
  return secret;
}

bool is_well_formed_secret(std::string_view text, std::string_view prefix) {
  if (text.size() != prefix.size() + kBodyLength + kChecksumLength || !text.starts_with(prefix)) return false;
  auto is_digit = [](char c) { return kBase62.find(c) != std::string_view::npos; };
  if (!std::ranges::all_of(text.substr(prefix.size()), is_digit)) return false;
  std::string expected(text.substr(0, text.size() - kChecksumLength));
  append_checksum(expected);
  return expected == text;
}

std::string secret_hint(std::string_view secret) {
  return std::string(secret.substr(secret.size() - std::min(secret.size(), kHintLength)));
}

std::string to_hex(const SecretDigest& digest) {
  std::string hex(2 * digest.bytes.size() + 1, '\0');
  sodium_bin2hex(hex.data(), hex.size(), digest.bytes.data(), digest.bytes.size());
  hex.pop_back();  // libsodium ends it with a zero
  return hex;
}

std::optional<SecretDigest> digest_from_hex(std::string_view hex) {
  SecretDigest digest;
  auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if (hex.size() != 2 * digest.bytes.size() || !std::ranges::all_of(hex, is_hex)) return std::nullopt;
  sodium_hex2bin(digest.bytes.data(), digest.bytes.size(), hex.data(), hex.size(), nullptr, nullptr, nullptr);
  return digest;
}

bool equal_constant_time(const SecretDigest& a, const SecretDigest& b) {
  return sodium_memcmp(a.bytes.data(), b.bytes.data(), a.bytes.size()) == 0;
}

bool equal_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

SecretDigester::SecretDigester(const std::array<std::uint8_t, 32>& key) {
  crypto_auth_hmacsha256_init(&keyed_, key.data(), key.size());
}

SecretDigester::~SecretDigester() { sodium_memzero(&keyed_, sizeof keyed_); }

SecretDigest SecretDigester::digest(std::string_view secret) const {
  auto state = keyed_;
  SecretDigest digest;
  crypto_auth_hmacsha256_update(&state, reinterpret_cast<const unsigned char*>(secret.data()), secret.size());
  crypto_auth_hmacsha256_final(&state, digest.bytes.data());
  return digest;
}

}  // namespace byline::security
