// The write model as bytes: what is read is what was written, and goes on like it.

#include "domain/state_form.hpp"

#include <gtest/gtest.h>

#include "domain/random_history.hpp"
#include "support/printing.hpp"

namespace byline::test {
namespace {

std::string bytes_of(const State& state) {
  std::string bytes;
  write_state(state, [&bytes](std::string_view piece) { bytes += piece; });
  return bytes;
}

class StateFormTest : public ::testing::TestWithParam<std::uint32_t> {};

TEST_P(StateFormTest, AtAnyPlaceWhatIsReadGoesOnAsWhatWasWritten) {
  SCOPED_TRACE("seed " + std::to_string(GetParam()));
  RandomHistory history(GetParam());
  for (int step = 0; step < 2'000; ++step) history.step();
  const auto& log = history.log();
  std::mt19937 random(GetParam());
  auto state = std::make_unique<State>();
  for (const auto& entry : log) {
    if (random() % 200 == 0) {
      auto read = read_state(bytes_of(*state));
      ASSERT_TRUE(is_same(*read, *state)) << "at position " << state->tail().value;
      state = std::move(read);
    }
    state->evolve(entry);
  }
  EXPECT_TRUE(is_same(*state, history.state()));
}

INSTANTIATE_TEST_SUITE_P(Seeds, StateFormTest, ::testing::Range(1u, 9u));

TEST(StateForm, OfNothingIsNothing) { EXPECT_TRUE(is_same(*read_state(bytes_of(State())), State())); }

TEST(StateForm, WhatIsLargeIsReadSideBySide) {
  RandomHistory history(4);
  while (history.log().size() < 100) history.step();
  State state;
  for (const auto& entry : history.log()) state.evolve(entry);
  for (int i = 0; i < 20'000; ++i) {
    LogEntry entry;
    entry.position = {state.tail().value + 1};
    entry.commit = {entry.position, 1};
    entry.organization = history.log().front().organization;
    AccountId id;
    id.bytes[0] = static_cast<std::uint8_t>(i);
    id.bytes[1] = static_cast<std::uint8_t>(i >> 8);
    entry.subject = {SubjectKind::user, id};
    auto address = "user" + std::to_string(i) + "@example.org";
    entry.event = UserCreated{"User " + std::to_string(i), address, address, {}};
    state.evolve(entry);
  }
  auto bytes = bytes_of(state);
  ASSERT_GT(bytes.size(), 2U << 20);
  EXPECT_TRUE(is_same(*read_state(bytes), state));
  for (auto cut : {bytes.size() / 4, bytes.size() / 2, bytes.size() - 1}) {
    EXPECT_THROW(read_state(std::string_view(bytes).substr(0, cut)), std::runtime_error) << cut;
  }
}

TEST(StateForm, OneEventMakesADifference) {
  RandomHistory history(3);
  while (history.log().size() < 300) history.step();
  State before;
  for (const auto& entry : history.log()) {
    auto copy = read_state(bytes_of(before));
    before.evolve(entry);
    EXPECT_FALSE(is_same(*copy, before)) << "position " << entry.position.value;
  }
}

TEST(StateForm, BytesThatEndTooEarlyOrTooLateAreRefused) {
  RandomHistory history(5);
  while (history.log().size() < 60) history.step();
  auto bytes = bytes_of(history.state());
  EXPECT_THROW(read_state(bytes + '\0'), std::runtime_error);
  for (std::size_t length = 0; length < bytes.size(); length += 7)
    EXPECT_THROW(read_state(std::string_view(bytes).substr(0, length)), std::runtime_error) << length;
}

TEST(StateForm, OfMillionsOfThingsThatAreNotThereIsRefused) {
  auto bytes = bytes_of(State());
  bytes.replace(0, 8, 8, '\x7f');  // so many organizations
  EXPECT_THROW(read_state(bytes), std::runtime_error);
}

}  // namespace
}  // namespace byline::test
