#include "security/secret.hpp"

#include <gtest/gtest.h>

#include <set>

namespace byline::security {
namespace {

std::array<std::uint8_t, 32> key_of(std::uint8_t byte) {
  std::array<std::uint8_t, 32> key;
  key.fill(byte);
  return key;
}

TEST(Secret, HasAFormThatScannersKnow) {
  auto secret = new_secret(kClientSecretPrefix);
  EXPECT_EQ(secret.size(), 4U + 43U + 6U);
  EXPECT_TRUE(secret.starts_with("byl_"));
  EXPECT_EQ(secret.find_first_not_of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", 4),
            std::string::npos);
  EXPECT_TRUE(new_secret(kAccessTokenPrefix).starts_with("bya_"));
}

TEST(Secret, NoTwoAreTheSame) {
  std::set<std::string> secrets;
  for (int i = 0; i < 10'000; ++i) {
    auto secret = new_secret(kClientSecretPrefix);
    ASSERT_TRUE(is_well_formed_secret(secret, kClientSecretPrefix)) << secret;
    ASSERT_TRUE(secrets.insert(secret).second);
  }
}

TEST(Secret, TheChecksumIsTheOneThatOthersCompute) {
  // zlib.crc32(b"byl_" + b"0" * 43) in base62, digits before capitals before small letters.
  auto zeros = "byl_" + std::string(43, '0');
  EXPECT_TRUE(is_well_formed_secret(zeros + "28paDy", kClientSecretPrefix));
}

TEST(Secret, EveryMistypedCharacterIsNoticed) {
  auto secret = new_secret(kClientSecretPrefix);
  for (std::size_t i = 0; i < secret.size(); ++i) {
    auto mistyped = secret;
    mistyped[i] = mistyped[i] == 'x' ? 'y' : 'x';
    EXPECT_FALSE(is_well_formed_secret(mistyped, kClientSecretPrefix)) << mistyped;
  }
  for (std::size_t i = 5; i < secret.size(); ++i) {
    auto swapped = secret;
    std::swap(swapped[i - 1], swapped[i]);
    EXPECT_EQ(is_well_formed_secret(swapped, kClientSecretPrefix), swapped == secret) << swapped;
  }
}

TEST(Secret, NonsenseIsRefusedWithoutALookUp) {
  auto secret = new_secret(kClientSecretPrefix);
  std::string body = secret.substr(4);
  for (const auto& text :
       {std::string(), std::string("byl_"), secret + "0", secret.substr(0, 52), " " + secret, secret + "\n",
        "BYL_" + body, body, "bya_" + body, std::string(53, '\0'), "byl_" + std::string(49, '-'),
        std::string(1'000'000, '0'), secret + '\0'}) {
    EXPECT_FALSE(is_well_formed_secret(text, kClientSecretPrefix)) << text.substr(0, 80);
  }
  EXPECT_FALSE(is_well_formed_secret(secret, kAccessTokenPrefix));
}

TEST(Secret, TheHintIsItsEnd) {
  EXPECT_EQ(secret_hint("byl_0123abcd"), "abcd");
  EXPECT_EQ(secret_hint("abc"), "abc");
  EXPECT_EQ(secret_hint(""), "");
}

TEST(SecretDigest, IsHmacSha256) {
  // RFC 4231 has no key of 32 bytes; this is what `openssl dgst -sha256 -mac HMAC` says.
  SecretDigester digester(key_of(0x0B));
  EXPECT_EQ(to_hex(digester.digest("Hi There")),
            "198a607eb44bfbc69903a0f1cf2bbdc5ba0aa3f3d9ae3c1c7a3b1696a0b68cf7");
}

TEST(SecretDigest, DependsOnEveryByteAndOnTheKey) {
  SecretDigester digester(key_of(1));
  auto digest = digester.digest("byl_secret");
  EXPECT_TRUE(equal_constant_time(digest, digester.digest("byl_secret")));
  EXPECT_FALSE(equal_constant_time(digest, digester.digest("byl_secreT")));
  EXPECT_FALSE(equal_constant_time(digest, digester.digest("byl_secret ")));
  EXPECT_FALSE(equal_constant_time(digest, digester.digest("")));
  EXPECT_FALSE(equal_constant_time(digest, SecretDigester(key_of(2)).digest("byl_secret")));
  auto copy = digester;
  EXPECT_TRUE(equal_constant_time(digest, copy.digest("byl_secret")));
  for (std::size_t i = 0; i < digest.bytes.size(); ++i) {
    auto other = digest;
    other.bytes[i] ^= 0x80;
    EXPECT_FALSE(equal_constant_time(digest, other)) << i;
  }
}

TEST(SecretDigest, ReadsOnlyTheHexThatItWrites) {
  auto digest = SecretDigester(key_of(7)).digest("x");
  auto hex = to_hex(digest);
  EXPECT_EQ(hex.size(), 64U);
  ASSERT_TRUE(digest_from_hex(hex));
  EXPECT_TRUE(equal_constant_time(*digest_from_hex(hex), digest));
  EXPECT_FALSE(digest_from_hex(""));
  EXPECT_FALSE(digest_from_hex(hex.substr(1)));
  EXPECT_FALSE(digest_from_hex(hex + "00"));
  EXPECT_FALSE(digest_from_hex(std::string(64, 'A')));
  EXPECT_FALSE(digest_from_hex(std::string(64, 'g')));
  EXPECT_FALSE(digest_from_hex(std::string(64, ' ')));
}

}  // namespace
}  // namespace byline::security
