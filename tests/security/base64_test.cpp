#include "security/base64.hpp"

#include <gtest/gtest.h>

#include <random>

namespace byline::security {
namespace {

TEST(Base64Url, OfEveryLengthIsReadAsItWasWritten) {
  std::mt19937 random(1);
  for (std::size_t size = 0; size < 200; ++size) {
    std::string bytes(size, '\0');
    for (auto& byte : bytes) byte = static_cast<char>(random());
    auto text = to_base64url(bytes);
    EXPECT_EQ(text.find_first_of("+/="), std::string::npos);
    EXPECT_EQ(from_base64url(text), bytes);
    EXPECT_EQ(from_base64(to_base64(bytes)), bytes);
  }
}

TEST(Base64Url, HasOneTextForTheSameBytes) {
  EXPECT_EQ(to_base64url("\xFB\xFF"), "-_8");
  EXPECT_EQ(from_base64url("-_8"), "\xFB\xFF");
  for (const char* text : {"-_9", "-_8=", "+/8", "-_", "-", "-_8A-", " -_8", "-_8\n", "-_8 ", "-\xC3\xA4-"}) {
    EXPECT_EQ(from_base64url(text), std::nullopt) << text;
  }
  EXPECT_EQ(from_base64url(std::string_view("AA\0A", 4)), std::nullopt);
}

/// Of all texts of up to three characters, those are read that a writer would have written.
TEST(Base64Url, TakesWhatIsWrittenAndNothingElse) {
  int taken = 0;
  auto check = [&taken](const std::string& text) {
    auto bytes = from_base64url(text);
    if (!bytes) return;
    ++taken;
    EXPECT_EQ(to_base64url(*bytes), text);
  };
  for (int a = 0; a < 256; ++a) {
    check({static_cast<char>(a)});
    for (int b = 0; b < 256; ++b) check({static_cast<char>(a), static_cast<char>(b)});
    for (int c = 0; c < 256; ++c) check({'-', static_cast<char>(a), static_cast<char>(c)});
  }
  EXPECT_EQ(taken, 256 + 64 * 16) << "every byte, and of two bytes those that begin with 111110";
}

}  // namespace
}  // namespace byline::security
