#include "log/tile.hpp"

#include <gtest/gtest.h>

namespace byline::test {
namespace {

TEST(TilePath, GroupsTheIndexInThreeDigits) {
  EXPECT_EQ(path_of({0, 0}), "0/000");
  EXPECT_EQ(path_of({0, 999}), "0/999");
  EXPECT_EQ(path_of({0, 1000}), "0/x001/000");
  EXPECT_EQ(path_of({1, 1234067}), "1/x001/x234/067");
  EXPECT_EQ(path_of({0, 273, 112}), "0/273.p/112");
}

TEST(TilePath, IsReadAsItIsWritten) {
  for (std::uint64_t index :
       {0ULL, 7ULL, 999ULL, 1000ULL, 1001ULL, 999'999ULL, 1'000'000ULL, 123'456'789'012ULL}) {
    for (unsigned width : {1U, 255U, 256U}) {
      Tile tile{3, index, width};
      EXPECT_EQ(parse_tile_path(path_of(tile)), tile) << path_of(tile);
    }
  }
  EXPECT_EQ(parse_bundle_path("x001/234.p/8"), (Tile{0, 1234, 8}));
}

TEST(TilePath, IsWrittenInOneWayOnly) {
  for (const char* path : {"",
                           "0",
                           "0/",
                           "/0/000",
                           "0/0",
                           "0/00",
                           "0/0000",
                           "0/x000/001",
                           "0/001/002",
                           "0/x001",
                           "0/x001/",
                           "00/000",
                           "64/000",
                           "-1/000",
                           "0/+01",
                           "0/000.p/0",
                           "0/000.p/256",
                           "0/000.p/08",
                           "0/000.p/",
                           "0/000.p",
                           "0/000/",
                           "0/ 00",
                           "0/x001/x002/x003/x004/x005/x006/007",
                           "0/\xD9\xA0\xD9\xA0\xD9\xA0"})
    EXPECT_EQ(parse_tile_path(path), std::nullopt) << path;
}

TEST(Tile, IsPartialAsTheSpecificationSays) {
  constexpr std::uint64_t kSize = 70'000;  // the example of C2SP tlog-tiles
  EXPECT_EQ(partial_width(kSize, 0), 112U);
  EXPECT_EQ(partial_width(kSize, 1), 17U);
  EXPECT_EQ(partial_width(kSize, 2), 1U);
  EXPECT_EQ(partial_width(kSize, 3), 0U);
  EXPECT_EQ(partial_width(256, 0), 0U);
  EXPECT_EQ(partial_width(256, 1), 1U);
}

}  // namespace
}  // namespace byline::test
