#include "security/seal.hpp"

#include <gtest/gtest.h>

#include <set>

namespace byline::security {
namespace {

const Key kKey = new_key();

TEST(Seal, OpensToWhatWasSealed) {
  using namespace std::string_literals;
  for (const auto& plain : {""s, "byl_secret"s, "\0\x01\xFF"s, std::string(100'000, 'x')}) {
    auto sealed = seal(kKey, plain, "account");
    EXPECT_EQ(sealed.size(), plain.size() + 1 + 24 + 16);
    EXPECT_EQ(open(kKey, sealed, "account"), plain);
  }
}

TEST(Seal, HidesTheTextAndItsRepetition) {
  auto first = seal(kKey, "the same text, twice", {});
  auto second = seal(kKey, "the same text, twice", {});
  EXPECT_NE(first, second);
  EXPECT_EQ(first.find("same"), std::string::npos);
}

TEST(Seal, EveryChangedBitIsNoticed) {
  auto sealed = seal(kKey, "text", "place");
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    auto changed = sealed;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE(open(kKey, changed, "place")) << "bit " << bit;
  }
}

TEST(Seal, EveryOtherLengthIsNoticed) {
  auto sealed = seal(kKey, "text", "place");
  for (std::size_t length = 0; length < sealed.size(); ++length) {
    EXPECT_FALSE(open(kKey, std::string_view(sealed).substr(0, length), "place")) << length;
  }
  EXPECT_FALSE(open(kKey, sealed + '\0', "place"));
  EXPECT_FALSE(open(kKey, std::string(1000, '\x01'), "place"));
}

TEST(Seal, BelongsToItsPlaceAndKey) {
  auto sealed = seal(kKey, "text", "account 1");
  EXPECT_FALSE(open(kKey, sealed, "account 2"));
  EXPECT_FALSE(open(kKey, sealed, {}));
  EXPECT_FALSE(open(new_key(), sealed, "account 1"));
}

TEST(DerivedKey, IsTheSameAgain) {
  EXPECT_EQ(derive_key(kKey, "kept answer", "abc"), derive_key(kKey, "kept answer", "abc"));
}

TEST(DerivedKey, IsOfItsMasterPurposeAndContextAlone) {
  std::set<Key> keys{kKey};
  for (const auto& master : {kKey, Key{}}) {
    for (const char* purpose : {"", "a", "ab", "abc"}) {
      for (const char* context : {"", "c", "bc", "abc"}) {
        EXPECT_TRUE(keys.insert(derive_key(master, purpose, context)).second) << purpose << "|" << context;
      }
    }
  }
}

}  // namespace
}  // namespace byline::security
