#include "security/event_seal.hpp"

#include <gtest/gtest.h>
#include <sodium.h>

namespace byline::security {
namespace {

Key owner_key(std::uint8_t byte) {
  Key key;
  key.fill(byte);
  return key;
}

constexpr std::string_view kFields = R"({"name":"Zoe Anders","email":"zoe@example.org"})";

/// What is in a log must be opened for ever.
TEST(EventSeal, IsAsFirstReleased) {
  auto key = event_key(owner_key(7), "0123456789abcdef");
  EXPECT_EQ(seal_event(key, kFields),
            "PO3X4BYxC4gc5_H89JAKmixB5JiwuhZwLY8aAVA9wA0nNZ17qilgP00kjp2A3Zkl0XH01AelPIayKddQlC0_"
            "bQpShgqyK-M6KO7noRs2NvOsCHh9sKqf656OCzKuRLM");
}

TEST(EventSeal, OpensWhatItSealed) {
  auto key = event_key(owner_key(1), "one");
  for (const std::string& fields : {std::string("{}"), std::string(kFields), std::string(300'000, 'x')})
    EXPECT_EQ(open_event(key, seal_event(key, fields)), fields);
}

TEST(EventSeal, OpensNothingWithAnotherKeyNorForAnotherEvent) {
  auto sealed = seal_event(event_key(owner_key(1), "one"), kFields);
  EXPECT_FALSE(open_event(event_key(owner_key(2), "one"), sealed));
  EXPECT_FALSE(open_event(event_key(owner_key(1), "two"), sealed));
}

TEST(EventSeal, OpensNothingThatWasChanged) {
  auto key = event_key(owner_key(1), "one");
  auto sealed = seal_event(key, kFields);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    auto changed = sealed;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(open_event(key, changed)) << i;
  }
  for (std::size_t length = 0; length < sealed.size(); ++length)
    EXPECT_FALSE(open_event(key, sealed.substr(0, length))) << length;
}

/// The cipher alone would let somebody find two keys that open the same bytes as two texts.
TEST(EventSeal, IsBoundToItsKey) {
  auto one = seal_event(event_key(owner_key(1), "one"), kFields);
  auto other = seal_event(event_key(owner_key(1), "two"), kFields);
  EXPECT_NE(one.substr(0, 42), other.substr(0, 42));
}

}  // namespace
}  // namespace byline::security
