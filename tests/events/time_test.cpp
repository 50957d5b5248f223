#include "events/time.hpp"

#include <gtest/gtest.h>

#include "support/printing.hpp"

namespace byline::test {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kDay = 86'400 * kSecond;

/// The moment in the form that we write; `refused` where there is none.
std::string normal(std::string_view text) {
  auto time = parse_time(text);
  return time ? to_string(*time) : "refused";
}

TEST(Time, IsWrittenInUtcToTheMicrosecond) {
  EXPECT_EQ(to_string(Time{}), "1970-01-01T00:00:00.000000Z");
  EXPECT_EQ(to_string(Time{1}), "1970-01-01T00:00:00.000001Z");
  EXPECT_EQ(to_string(Time{1'772'352'930 * kSecond + 125}), "2026-03-01T08:15:30.000125Z");
  EXPECT_EQ(to_string(Time{-1}), "1969-12-31T23:59:59.999999Z");
}

TEST(Time, ReadsWhatItWrites) {
  for (std::int64_t micros : {std::int64_t{0}, std::int64_t{1}, std::int64_t{-1}, 951'782'400 * kSecond,
                              4'102'444'799 * kSecond + 999'999, -2'208'988'800 * kSecond}) {
    EXPECT_EQ(parse_time(to_string(Time{micros})), Time{micros}) << to_string(Time{micros});
  }
}

TEST(Time, KnowsLeapYears) {
  EXPECT_EQ(normal("2024-02-29T00:00:00Z"), "2024-02-29T00:00:00.000000Z");
  EXPECT_EQ(normal("2000-02-29T00:00:00Z"), "2000-02-29T00:00:00.000000Z");
  EXPECT_EQ(normal("2023-02-29T00:00:00Z"), "refused");
  EXPECT_EQ(normal("1900-02-29T00:00:00Z"), "refused");
  EXPECT_EQ(normal("2100-02-29T00:00:00Z"), "refused");
  EXPECT_EQ(parse_time("2024-03-01T00:00:00Z")->micros - parse_time("2024-02-28T00:00:00Z")->micros,
            2 * kDay);
  EXPECT_EQ(parse_time("2023-03-01T00:00:00Z")->micros - parse_time("2023-02-28T00:00:00Z")->micros, kDay);
}

TEST(Time, BringsOffsetsToUtc) {
  EXPECT_EQ(normal("2026-03-01T08:15:30+00:00"), "2026-03-01T08:15:30.000000Z");
  EXPECT_EQ(normal("2026-03-01T08:15:30-00:00"), "2026-03-01T08:15:30.000000Z");
  EXPECT_EQ(normal("2026-03-01T08:15:30+05:45"), "2026-03-01T02:30:30.000000Z");
  EXPECT_EQ(normal("2026-03-01T08:15:30-08:00"), "2026-03-01T16:15:30.000000Z");
  EXPECT_EQ(normal("2026-01-01T00:30:00+01:00"), "2025-12-31T23:30:00.000000Z");
  EXPECT_EQ(normal("2024-02-28T23:59:59-23:59"), "2024-02-29T23:58:59.000000Z");
}

TEST(Time, CutsDecimalsBeyondTheMicrosecond) {
  EXPECT_EQ(normal("2026-03-01T08:15:30.5Z"), "2026-03-01T08:15:30.500000Z");
  EXPECT_EQ(normal("2026-03-01T08:15:30.000001Z"), "2026-03-01T08:15:30.000001Z");
  EXPECT_EQ(normal("2026-03-01T08:15:30.9999999999999999999999Z"), "2026-03-01T08:15:30.999999Z");
  EXPECT_EQ(normal("2026-03-01T08:15:30." + std::string(10'000, '9') + "Z"), "2026-03-01T08:15:30.999999Z");
}

TEST(Time, ReadsTheLettersInEitherCase) {
  EXPECT_EQ(normal("2026-03-01t08:15:30z"), "2026-03-01T08:15:30.000000Z");
}

TEST(Time, HasTheBoundsOfFourDigitYears) {
  EXPECT_EQ(normal("0000-01-01T00:00:00Z"), "0000-01-01T00:00:00.000000Z");
  EXPECT_EQ(normal("9999-12-31T23:59:59.999999Z"), "9999-12-31T23:59:59.999999Z");
  EXPECT_EQ(normal("0000-01-01T00:00:00+00:01"), "refused") << "in UTC it is before the year 0000";
  EXPECT_EQ(normal("9999-12-31T23:59:59-00:01"), "refused") << "in UTC it is after the year 9999";
}

TEST(Time, WhatIsNotOnTheCalendarOrTheClockIsRefused) {
  for (const char* text :
       {"2026-00-01T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-32T00:00:00Z",
        "2026-04-31T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z",
        "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00+00:60"}) {
    EXPECT_EQ(normal(text), "refused") << text;
  }
}

TEST(Time, WhatIsNotRfc3339IsRefused) {
  for (std::string_view text : {"",
                                "2026",
                                "2026-03-01",
                                "2026-03-01T08:15Z",
                                "2026-03-01T08:15:30",
                                "2026-03-01T08:15:30.Z",
                                "2026-03-01T08:15:30,5Z",
                                "2026-03-01 08:15:30Z",
                                "2026-3-1T08:15:30Z",
                                "02026-03-01T08:15:30Z",
                                "+2026-03-01T08:15:30Z",
                                "2026-03-01T08:15:30Z ",
                                " 2026-03-01T08:15:30Z",
                                "2026-03-01T08:15:30ZZ",
                                "2026-03-01T08:15:30+0100",
                                "2026-03-01T08:15:30+01",
                                "2026-03-01T08:15:30+1:00",
                                "2026-03-01T08:15:30+01:00Z",
                                "2026-03-01T-8:15:30Z",
                                "٢٠٢٦-03-01T08:15:30Z",
                                "now"}) {
    EXPECT_EQ(normal(text), "refused") << text;
  }
}

TEST(Time, AControlCharacterIsNoSeparator) {
  // Each differs from the right separator only in the bit by which letters differ in case.
  EXPECT_EQ(normal("2026\r03-01T08:15:30Z"), "refused");
  EXPECT_EQ(normal("2026-03-01T08\x1a"
                   "15:30Z"),
            "refused");
  EXPECT_EQ(normal("2026-03-01T08:15:30\x0e"
                   "5Z"),
            "refused");
}

TEST(Time, EveryPrefixOfAMomentIsRefused) {
  std::string text = "2026-03-01T08:15:30.000125+05:45";
  for (std::size_t length = 0; length < text.size(); ++length) {
    EXPECT_EQ(normal(text.substr(0, length)), "refused") << text.substr(0, length);
  }
}

}  // namespace
}  // namespace byline::test
