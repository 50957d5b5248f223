#include "security/password.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <new>
#include <set>

#include "security/ascii.hpp"

namespace byline::security {
namespace {

constexpr unsigned long long kPasses = 3;
constexpr std::size_t kMemory = 64 * 1024 * 1024;

/// Of the lists of leaked passwords, the most frequent that are long enough otherwise.
constexpr std::array<std::string_view, 24> kCommon = {"123456789012",
                                                      "1234567890123",
                                                      "12345678901234",
                                                      "123456789123",
                                                      "1q2w3e4r5t6y",
                                                      "1qaz2wsx3edc",
                                                      "abcdefghijkl",
                                                      "administrator",
                                                      "changeme1234",
                                                      "iloveyou1234",
                                                      "letmein12345",
                                                      "password1234",
                                                      "password12345",
                                                      "passwordpassword",
                                                      "qwerty123456",
                                                      "qwertyuiop12",
                                                      "qwertyuiop123",
                                                      "qwertyqwerty",
                                                      "trustno1trustno1",
                                                      "unbelievable",
                                                      "welcome12345",
                                                      "zaq12wsxcde3",
                                                      "correcthorsebatterystaple",
                                                      "qazwsxedcrfv"};

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace

std::expected<void, std::string> check_password(std::string_view text,
                                                std::initializer_list<std::string_view> known) {
  if (characters(text) < kMinPasswordLength)
    return std::unexpected("it must have " + std::to_string(kMinPasswordLength) + " characters or more");
  if (text.size() > kMaxPasswordBytes)
    return std::unexpected("it may have " + std::to_string(kMaxPasswordBytes) + " bytes at most");
  auto lowered = lower(text);
  if (std::set<char>(lowered.begin(), lowered.end()).size() < 4 ||
      std::ranges::find(kCommon, lowered) != kCommon.end())
    return std::unexpected("it is one of those that are tried first");
  for (auto other : known) {
    if (other.size() >= 4 && lowered == lower(other))
      return std::unexpected("it is what everybody knows of the account");
  }
  return {};
}

std::string hash_password(std::string_view text) {
  std::string hash(crypto_pwhash_STRBYTES, '\0');
  if (crypto_pwhash_str_alg(hash.data(), text.data(), text.size(), kPasses, kMemory,
                            crypto_pwhash_ALG_ARGON2ID13) != 0)
    throw std::bad_alloc();
  hash.resize(hash.find('\0'));
  return hash;
}

bool is_password(std::string_view text, const std::string& hash) {
  static const std::string nobodys = hash_password("nobody has this password");
  auto padded = hash.empty() ? nobodys : hash;
  padded.resize(crypto_pwhash_STRBYTES, '\0');
  bool is_right = crypto_pwhash_str_verify(padded.data(), text.data(), text.size()) == 0;
  return is_right && !hash.empty();
}

}  // namespace byline::security
