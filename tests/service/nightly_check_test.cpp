#include "service/nightly_check.hpp"

#include <gtest/gtest.h>

namespace byline::test {
namespace {

TEST(TimeOfDay, IsReadInOneForm) {
  EXPECT_EQ(TimeOfDay::parse("00:00")->minutes, 0);
  EXPECT_EQ(TimeOfDay::parse("03:30")->minutes, 210);
  EXPECT_EQ(TimeOfDay::parse("23:59")->minutes, 1439);
  for (const char* text :
       {"", "3:30", "24:00", "12:60", "12-30", "ab:cd", "12:3x", "-1:30", "12:30:00", " 12:3"})
    EXPECT_FALSE(TimeOfDay::parse(text)) << text;
}

TEST(TimeOfDay, ComesOnceADay) {
  TimeOfDay at{210};
  auto moment = [](const char* text) { return parse_time(text).value(); };
  EXPECT_EQ(at.next_after(moment("2026-03-01T00:00:00Z")), moment("2026-03-01T03:30:00Z"));
  EXPECT_EQ(at.next_after(moment("2026-03-01T03:29:59.999999Z")), moment("2026-03-01T03:30:00Z"));
  EXPECT_EQ(at.next_after(moment("2026-03-01T03:30:00Z")), moment("2026-03-02T03:30:00Z"));
  EXPECT_EQ(at.next_after(moment("2026-12-31T23:00:00Z")), moment("2027-01-01T03:30:00Z"));
}

}  // namespace
}  // namespace byline::test
