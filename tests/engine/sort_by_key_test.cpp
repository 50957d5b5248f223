#include "engine/sort_by_key.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>

namespace byline {
namespace {

struct Keyed {
  std::string bytes;
  std::string_view key() const { return bytes; }
};

void expect_sorted(std::vector<std::string> keys) {
  std::vector<Keyed> all;
  all.reserve(keys.size());
  for (const auto& key : keys) all.push_back({key});
  std::vector<KeyPart<Keyed>> parts;
  parts.reserve(all.size());
  for (const auto& keyed : all) parts.push_back({&keyed});
  sort_by_key(std::span(parts));
  std::ranges::sort(keys, [](std::string_view left, std::string_view right) { return left < right; });
  for (std::size_t i = 0; i < keys.size(); ++i) ASSERT_EQ(parts[i].keyed->bytes, keys[i]) << "at " << i;
}

TEST(SortByKey, NoneAndOne) {
  expect_sorted({});
  expect_sorted({""});
  expect_sorted({"R"});
}

TEST(SortByKey, AKeyComesBeforeThoseThatItBegins) {
  using namespace std::string_literals;
  expect_sorted({"a\0\0"s, "a"s, "a\0"s, ""s, "\0"s, "b"s});
  expect_sorted({"12345678"s + "\0"s, "12345678"s, "12345678"s + "\0\0"s, "1234567"s, "1234567\0"s});
  expect_sorted({"1234567"s + "\0"s, "1234567"s, "123456"s + "\0"s, "123456"s + "\0\0"s, "123456"s});
}

TEST(SortByKey, BytesAreNotSigned) { expect_sorted({"\x7f", "\x80", "\xff", "\x01"}); }

TEST(SortByKey, EqualKeysStayAll) {
  expect_sorted(
      {"same key, longer than seven", "same key, longer than seven", "x", "x", "seven..", "seven.."});
}

TEST(SortByKey, AsOrderedAsAnyOtherWay) {
  auto seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  constexpr std::string_view kBytes("\0\x01\x7f\x80\xff", 5);
  for (std::size_t count : {2U, 17U, 300U, 20'000U}) {
    // Of two prefixes, as the keys of two tables of a view are; few different bytes, so that many begin
    // alike.
    std::vector<std::string> keys(count);
    for (auto& key : keys) {
      key = random() % 2 == 0 ? "S0123456789abcdef" : "R0123456789abcdef";
      for (auto left = random() % 30; left > 0; --left) key += kBytes[random() % kBytes.size()];
    }
    expect_sorted(std::move(keys));
  }
}

}  // namespace
}  // namespace byline
