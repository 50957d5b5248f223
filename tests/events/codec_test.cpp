#include "events/codec.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "events/golden_entries.hpp"
#include "support/ids.hpp"
#include "support/printing.hpp"
#include "support/replaced.hpp"

namespace byline::test {
namespace {

LogEntry some_entry(Event event) {
  LogEntry entry;
  entry.position = {7};
  entry.commit = {{6}, 2};
  entry.id = numbered_id<EventId>(7);
  entry.subject = {SubjectKind::application, numbered_id<AccountId>(1)};
  entry.version = {3};
  entry.organization = numbered_id<OrganizationId>(2);
  entry.actor = numbered_id<AccountId>(3);
  entry.at = {1'700'000'000'000'000};
  entry.command = numbered_id<CommandId>(4);
  entry.event = std::move(event);
  return entry;
}

std::string encoded(const LogEntry& entry) {
  std::string bytes;
  encode(entry, bytes);
  return bytes;
}

void expect_round_trip(const LogEntry& entry) {
  auto decoded = decode(encoded(entry));
  ASSERT_TRUE(decoded) << decoded.error().reason << " in " << encoded(entry);
  EXPECT_EQ(*decoded, entry);
}

TEST(Codec, AppendsToWhatTheBufferHoldsAlready) {
  std::string bytes = "before";
  encode(some_entry(ApplicationDeleted{}), bytes);
  EXPECT_EQ(bytes, "before" + encoded(some_entry(ApplicationDeleted{})));
}

TEST(Codec, WritesOneLine) {
  auto bytes = encoded(some_entry(ApplicationRenamed{"two\nlines\r\n"}));
  EXPECT_EQ(bytes.find_first_of("\r\n"), std::string::npos);
}

TEST(Codec, KeepsEveryTextAsItWas) {
  for (const std::string& name :
       {std::string(""), std::string("O'Brien & \"Sons\" \\ Co."), std::string("</script>"),
        std::string("Zoë · Αθήνα · שלום · 東京 · 😀 · 👩‍👩‍👧"),
        std::string("e\u0301 is not \u00e9"), std::string("\u2028\u2029\u0085\u007f\ufeff\U0010ffff"),
        std::string("nul \0 inside", 12), std::string("\b\f\n\r\t\x01\x1f"), std::string(70'000, 'x')}) {
    expect_round_trip(some_entry(ApplicationRenamed{name}));
  }
}

TEST(Codec, KeepsTheWholeRangeOfNumbers) {
  auto entry = some_entry(ApplicationDeleted{});
  entry.position = entry.commit.first = {std::numeric_limits<std::uint64_t>::max()};
  entry.commit.count = std::numeric_limits<std::uint32_t>::max();
  entry.version = {std::numeric_limits<std::uint32_t>::max()};
  expect_round_trip(entry);
}

TEST(Codec, TellsAnAbsentValueFromAnEmptyOne) {
  expect_round_trip(some_entry(ApplicationUrlChanged{std::nullopt}));
  expect_round_trip(some_entry(ApplicationUrlChanged{""}));
}

TEST(Codec, KeepsWhereACommandCameFrom) {
  auto entry = some_entry(ApplicationDeleted{});
  entry.correlation = "4bf92f3577b34da6a3ce929d0e0e4736";
  expect_round_trip(entry);
  entry.causation = numbered_id<EventId>(5);
  expect_round_trip(entry);
  entry.correlation.clear();
  expect_round_trip(entry);
}

TEST(Codec, KeepsEveryCellOfAPermissionMatrix) {
  PermissionMatrix matrix;
  std::size_t cell = 0;
  for (std::size_t area = 0; area < kAreaCount; ++area) {
    for (std::size_t operation = 0; operation < kOperationCount; ++operation) {
      matrix.set(static_cast<Area>(area), static_cast<Operation>(operation), static_cast<Level>(cell++ % 4));
    }
  }
  expect_round_trip(some_entry(RolePermissionsChanged{matrix}));
  expect_round_trip(some_entry(RolePermissionsChanged{{}}));
}

TEST(Codec, KeepsARecordsOwnJsonDigitForDigit) {
  for (const char* attributes :
       {"{}", R"({"n":12345678901234567890123,"x":1.0e-5,"z":-0.0,"big":1e999})",
        R"({"nested":{"a":[[],{},[{"b":null}]]},"s":"}]\"\\","u":"\u00e9 é"})", R"({"":"","a b":true})"}) {
    expect_round_trip(some_entry(RecordCreated{"people/people", {attributes}}));
  }
}

TEST(Codec, ReadsMembersInAnyOrderAndWithWhiteSpace) {
  auto entry = some_entry(ApplicationRenamed{"Import"});
  auto bytes = encoded(entry);
  auto data = std::string(R"(,"data":{"name":"Import"})");
  bytes = replaced(bytes, data, "");
  bytes = replaced(bytes, "{", "{ \"data\" : { \"name\" : \"Import\" } ,\n ");
  auto decoded = decode(bytes);
  ASSERT_TRUE(decoded) << decoded.error().reason << " in " << bytes;
  EXPECT_EQ(*decoded, entry);
}

TEST(Codec, PassesOverMembersThatALaterReleaseMayAdd) {
  auto entry = some_entry(ApplicationRenamed{"Import"});
  auto bytes = encoded(entry);
  bytes = replaced(bytes, R"("position")", R"("origin":{"node":[1,{"position":9}]},"position")");
  bytes = replaced(bytes, R"("data":{)", R"("notes":"bm90aGluZw","data":{"why":[null,{"name":"x"}],)");
  bytes = replaced(bytes, R"("kind")", R"("realm":"r","kind")");
  auto decoded = decode(bytes);
  ASSERT_TRUE(decoded) << decoded.error().reason << " in " << bytes;
  EXPECT_EQ(*decoded, entry);
}

TEST(Codec, NamesATypeThatThisReleaseDoesNotKnow) {
  auto bytes =
      replaced(encoded(some_entry(ApplicationDeleted{})), "ApplicationDeleted", "ApplicationPainted");
  auto decoded = decode(bytes);
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().kind, DecodeError::Kind::unknown_type);
  EXPECT_NE(decoded.error().reason.find("ApplicationPainted"), std::string::npos) << decoded.error().reason;
}

TEST(Codec, NamesAFormThatIsNewerThanThisRelease) {
  auto bytes = replaced(encoded(some_entry(ApplicationDeleted{})), R"("schema":1)", R"("schema":2)");
  auto decoded = decode(bytes);
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().kind, DecodeError::Kind::newer_schema);
  EXPECT_NE(decoded.error().reason.find("ApplicationDeleted in form 2"), std::string::npos)
      << decoded.error().reason;
}

TEST(Codec, DoesNotMindWhatItReadBefore) {
  std::string large(200'000, 'x');
  auto entry = some_entry(ApplicationRenamed{large});
  expect_round_trip(entry);
  EXPECT_FALSE(decode("{"));
  expect_round_trip(some_entry(ApplicationRenamed{"short"}));
}

}  // namespace
}  // namespace byline::test
