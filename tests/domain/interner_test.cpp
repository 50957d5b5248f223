#include "domain/interner.hpp"

#include <gtest/gtest.h>

#include <string>

namespace byline::test {
namespace {

TEST(Interner, GivesEqualValuesOneNumberForAsLongAsSomebodyHoldsIt) {
  Interner<std::string> interner;
  auto a = interner.hold("a");
  auto b = interner.hold("b");
  EXPECT_EQ(interner.hold("a"), a);
  EXPECT_NE(a, b);
  interner.release(a);
  EXPECT_EQ(interner[a], "a");
  interner.release(a);
  EXPECT_EQ(interner.hold("c"), a) << "its place is free again";
  EXPECT_EQ(interner[a], "c");
  EXPECT_EQ(interner[b], "b");
  EXPECT_NE(interner.hold("a"), a);
}

TEST(Interner, DoesNotGrowByWhatIsGone) {
  Interner<std::string> interner;
  std::uint32_t number = interner.hold("0");
  for (int i = 1; i < 1000; ++i) {
    auto next = interner.hold(std::to_string(i));
    interner.release(number);
    number = next;
    EXPECT_LT(number, 2U);
  }
}

}  // namespace
}  // namespace byline::test
