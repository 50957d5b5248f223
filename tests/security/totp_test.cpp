#include "security/totp.hpp"

#include <gtest/gtest.h>

namespace byline::security {
namespace {

const std::string kSecret = "12345678901234567890";  // RFC 6238 appendix B

TEST(Totp, CodesAreThoseOfTheStandard) {
  // Appendix B has eight digits; the last six are ours.
  EXPECT_EQ(totp_code(kSecret, 59 / 30), "287082");
  EXPECT_EQ(totp_code(kSecret, 1'111'111'109 / 30), "081804");
  EXPECT_EQ(totp_code(kSecret, 1'111'111'111 / 30), "050471");
  EXPECT_EQ(totp_code(kSecret, 1'234'567'890 / 30), "005924");
  EXPECT_EQ(totp_code(kSecret, 2'000'000'000 / 30), "279037");
  EXPECT_EQ(totp_code(kSecret, 20'000'000'000 / 30), "353130");
}

TEST(Totp, ACodeCountsForItsStepAndTheOnesBeside) {
  Time now{1'111'111'109LL * 1'000'000};
  auto step = 1'111'111'109 / 30;
  for (auto offset : {-1, 0, 1})
    EXPECT_EQ(totp_step_of(kSecret, totp_code(kSecret, step + offset), now), step + offset);
  for (auto offset : {-3, -2, 2, 3})
    EXPECT_FALSE(totp_step_of(kSecret, totp_code(kSecret, step + offset), now));
  for (const char* code : {"", "08180", "0818040", "abcdef"}) EXPECT_FALSE(totp_step_of(kSecret, code, now));
  EXPECT_EQ(totp_good_until(step).micros, (step + 2) * 30LL * 1'000'000);
}

TEST(Totp, SecretsAreTypedInBase32) {
  // RFC 4648 §10.
  EXPECT_EQ(to_base32(""), "");
  EXPECT_EQ(to_base32("f"), "MY");
  EXPECT_EQ(to_base32("foobar"), "MZXW6YTBOI");
  EXPECT_EQ(to_base32(new_totp_secret()).size(), 32U);
  EXPECT_EQ(totp_uri("foobar", "Byline", "ada@example.org"),
            "otpauth://totp/Byline:ada%40example.org?secret=MZXW6YTBOI&issuer=Byline");
}

}  // namespace
}  // namespace byline::security
