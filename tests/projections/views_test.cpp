#include <gtest/gtest.h>

#include "projections/view_set.hpp"

namespace byline {
namespace {

TEST(Views, HaveNamesThatLeadBackToThem) {
  const auto& views = *ViewSet::built_in();
  EXPECT_EQ(views.size(), kBuiltInViewCount);
  for (std::size_t i = 0; i < kBuiltInViewCount; ++i) {
    auto view = static_cast<View>(i);
    EXPECT_EQ(views[view].view(), view) << "in the order of the enumeration";
    EXPECT_EQ(views.named(views.name_of(view)), view);
  }
  EXPECT_FALSE(views.named("frobs"));
  EXPECT_FALSE(views.named(""));
}

}  // namespace
}  // namespace byline
