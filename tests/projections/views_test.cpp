#include <gtest/gtest.h>

#include "projections/projection.hpp"

namespace byline {
namespace {

TEST(Views, HaveNamesThatLeadBackToThem) {
  EXPECT_EQ(projections().size(), kViewCount);
  for (std::size_t i = 0; i < kViewCount; ++i) {
    auto view = static_cast<View>(i);
    EXPECT_EQ(projections()[i]->view(), view) << "in the order of the enumeration";
    EXPECT_EQ(view_named(name_of(view)), view);
  }
  EXPECT_FALSE(view_named("frobs"));
  EXPECT_FALSE(view_named(""));
}

}  // namespace
}  // namespace byline
