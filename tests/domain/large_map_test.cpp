#include "domain/large_map.hpp"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <random>

namespace byline {
namespace {

/// A long life of a map, beside one whose life is simple.
TEST(LargeMap, HoldsWhatAnOrdinaryMapHoldsWhileItGrowsAndShrinks) {
  for (std::uint32_t seed = 1; seed <= 4; ++seed) {
    std::mt19937 random(seed);
    LargeMap<std::uint64_t, std::uint64_t> map;
    std::map<std::uint64_t, std::uint64_t> plain;
    for (std::uint64_t step = 0; step < 150'000; ++step) {
      auto key = random() % 200'000;
      if (random() % 4 == 0) {
        map.erase(key);
        plain.erase(key);
      } else {
        map[key] += step;
        plain[key] += step;
      }
      ASSERT_EQ(map.size(), plain.size()) << "seed " << seed << ", step " << step;
      auto asked = random() % 200'000;
      auto expected = plain.find(asked);
      const auto* found = map.find(asked);
      ASSERT_EQ(found != nullptr, expected != plain.end()) << "seed " << seed << ", step " << step;
      if (found) {
        ASSERT_EQ(*found, expected->second) << "seed " << seed << ", step " << step;
      }
    }
    std::map<std::uint64_t, std::uint64_t> all;
    map.for_each([&](std::uint64_t key, std::uint64_t value) {
      EXPECT_TRUE(all.emplace(key, value).second) << key << " is there twice, seed " << seed;
    });
    EXPECT_EQ(all, plain) << "seed " << seed;
  }
}

/// Large enough for memory that is claimed before it is used.
TEST(LargeMap, HoldsAllWhileTablesOfManyPagesFollowOneAnother) {
  using Value = std::array<std::uint64_t, 15>;
  LargeMap<std::uint64_t, Value> map;
  constexpr std::uint64_t kCount = 300'000;
  for (std::uint64_t key = 0; key < kCount; ++key) {
    map[key].fill(key);
    if (key % 5 == 4) map.erase(key - 2);
  }
  EXPECT_EQ(map.size(), kCount - kCount / 5);
  const LargeMap<std::uint64_t, Value> copy(map);
  for (const auto* each : std::initializer_list<const LargeMap<std::uint64_t, Value>*>{&map, &copy}) {
    for (std::uint64_t key = 0; key < kCount; ++key) {
      const auto* found = each->find(key);
      ASSERT_EQ(found == nullptr, key % 5 == 2) << key;
      if (found) {
        ASSERT_EQ((*found)[14], key);
      }
    }
  }
}

/// Each is erased at some time in the middle of a move.
TEST(LargeMap, CanBeEmptiedWhileItIsMoved) {
  LargeMap<std::uint64_t, std::uint64_t> map;
  std::uint64_t count = 0;
  while (count < 100'000) {
    map[count] = count;
    ++count;
  }
  for (std::uint64_t key = 0; key < count; ++key) {
    map.erase(key);
    EXPECT_FALSE(map.contains(key));
  }
  EXPECT_EQ(map.size(), 0U);
  map[7] = 8;
  EXPECT_EQ(*map.find(7), 8U);
  EXPECT_EQ(map.size(), 1U);
}

TEST(LargeMap, IsEqualToOneThatGrewInAnotherWay) {
  LargeMap<std::uint64_t, std::uint64_t> one, other;
  other.reserve(60'000);
  for (std::uint64_t i = 0; i < 60'000; ++i) {
    one[i] = i;
    other[59'999 - i] = 59'999 - i;
  }
  EXPECT_EQ(one, other);
  other[17] = 0;
  EXPECT_FALSE(one == other);
}

}  // namespace
}  // namespace byline
