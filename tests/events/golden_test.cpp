// The log is kept for ever: what was written in the form of an early release must always be read, and one
// fact is always the same bytes, since hashes of them are handed out.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "events/codec.hpp"
#include "events/golden_entries.hpp"
#include "support/printing.hpp"

namespace byline::test {
namespace {

template <std::size_t... I>
std::set<std::string> all_forms(std::index_sequence<I...>) {
  std::set<std::string> forms;
  auto add = [&forms](EventType type) {
    for (int version = 1; version <= type.version; ++version) {
      forms.insert(std::string(type.name) + "." + std::to_string(version) + ".json");
    }
  };
  (add(std::variant_alternative_t<I, Event>::kType), ...);
  return forms;
}

std::set<std::string> all_forms() {
  return all_forms(std::make_index_sequence<std::variant_size_v<Event>>{});
}

std::set<std::string> golden_files() {
  std::set<std::string> files;
  for (const auto& file : std::filesystem::directory_iterator(golden_folder())) {
    files.insert(file.path().filename());
  }
  return files;
}

TEST(Golden, EveryFormOfEveryEventTypeHasItsFileAndNoFileIsLeftOver) {
  EXPECT_EQ(golden_files(), all_forms());
}

TEST(Golden, EveryFileIsExplainedByAnEntryWrittenByHand) {
  std::set<std::string> explained;
  for (const auto& entry : golden_entries()) {
    EXPECT_TRUE(explained.insert(golden_name(entry)).second) << golden_name(entry) << " is explained twice";
  }
  for (const auto& [file, entry] : earlier_forms())
    EXPECT_TRUE(explained.insert(file).second) << file << " is explained twice";
  EXPECT_EQ(explained, golden_files());
}

TEST(Golden, BytesAsFirstReleasedAreReadAsWhatTheyMeant) {
  for (const auto& entry : golden_entries()) {
    auto decoded = decode(golden_bytes(golden_name(entry)));
    ASSERT_TRUE(decoded) << golden_name(entry) << ": " << decoded.error().reason;
    EXPECT_EQ(*decoded, entry) << golden_name(entry);
  }
}

TEST(Golden, BytesOfEarlierFormsAreLiftedToTheNewest) {
  for (const auto& [file, entry] : earlier_forms()) {
    auto decoded = decode(golden_bytes(file));
    ASSERT_TRUE(decoded) << file << ": " << decoded.error().reason;
    EXPECT_EQ(*decoded, entry) << file;
  }
}

TEST(Golden, AnEntryIsWrittenAsExactlyTheBytesFirstReleased) {
  for (const auto& entry : golden_entries()) {
    std::string bytes;
    encode(entry, bytes);
    EXPECT_EQ(bytes, golden_bytes(golden_name(entry))) << golden_name(entry);
  }
}

TEST(Golden, EventTypesKeepTheNamesTheyWereReleasedUnder) {
  for (const auto& entry : golden_entries()) {
    EXPECT_THAT(golden_bytes(golden_name(entry)),
                testing::HasSubstr("\"type\":\"" + std::string(type_name(entry.event)) + "\""));
  }
}

}  // namespace
}  // namespace byline::test
