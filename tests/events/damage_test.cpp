// Bytes that are not an entry are an answer, never a crash: a disk may hand us anything.

#include <gtest/gtest.h>

#include <random>

#include "events/codec.hpp"
#include "events/golden_entries.hpp"
#include "support/printing.hpp"
#include "support/replaced.hpp"

namespace byline::test {
namespace {

void expect_malformed(std::string_view bytes) {
  auto decoded = decode(bytes);
  ASSERT_FALSE(decoded) << "accepted " << bytes;
  EXPECT_EQ(decoded.error().kind, DecodeError::Kind::malformed) << bytes;
  EXPECT_FALSE(decoded.error().reason.empty()) << bytes;
}

TEST(Damage, EveryPrefixOfAnEntryIsRefused) {
  for (const auto& entry : golden_entries()) {
    auto bytes = golden_bytes(golden_name(entry));
    for (std::size_t length = 0; length < bytes.size(); ++length) {
      auto decoded = decode(bytes.substr(0, length));
      ASSERT_FALSE(decoded) << "accepted " << bytes.substr(0, length);
    }
  }
}

TEST(Damage, AnythingAfterTheEntryIsRefused) {
  auto bytes = golden_bytes("RecordUpdated.1.json");
  for (const char* more : {"}", "{}", ",", "1", "garbage", "\"\""}) expect_malformed(bytes + more);
  expect_malformed(bytes + bytes);
}

TEST(Damage, WhatIsNoEntryAtAllIsRefused) {
  for (std::string_view bytes : {"", " ", "\n", "{", "}", "{}", "[]", "null", "1", "\"text\"",
                                 "{\"position\":1}", "\xff\xfe", "{{{{"}) {
    expect_malformed(bytes);
  }
  expect_malformed(std::string_view("\0", 1));
  expect_malformed(std::string(5'000, '['));
}

/// Entries laid out as they are written are read in a shorter way: with a blank before them they are not.
TEST(Damage, BytesSayTheSameWhicheverWayTheyAreRead) {
  std::mt19937 random(20'261);
  std::size_t read = 0;
  for (const auto& entry : golden_entries()) {
    auto whole = golden_bytes(golden_name(entry));
    for (int round = 0; round < 400; ++round) {
      auto bytes = whole;
      for (auto changes = random() % 3; changes > 0; --changes) {
        constexpr std::string_view kBytes = "0123456789abcxyz{}[]:,\"\\ -.\x01\x80\xc3";
        auto place = random() % bytes.size();
        switch (random() % 3) {
          case 0:
            bytes[place] = kBytes[random() % kBytes.size()];
            break;
          case 1:
            bytes.erase(place, 1);
            break;
          default:
            bytes.insert(place, 1, kBytes[random() % kBytes.size()]);
        }
      }
      auto as_written = decode(bytes), as_json = decode(" " + bytes);
      ASSERT_EQ(as_written.has_value(), as_json.has_value()) << bytes;
      if (as_json) {
        ASSERT_EQ(*as_written, *as_json) << bytes;
        ++read;
      } else {
        ASSERT_EQ(as_written.error().kind, as_json.error().kind) << bytes;
      }
    }
  }
  EXPECT_GT(read, 10'000U);
}

TEST(Damage, WhatALaterReleaseAddsBehindTheDataIsPassedOver) {
  for (const auto& entry : golden_entries()) {
    auto bytes = golden_bytes(golden_name(entry));
    bytes.back() = ',';
    auto decoded = decode(bytes + R"("later":{"x":[1]}})");
    ASSERT_TRUE(decoded) << bytes;
    EXPECT_EQ(*decoded, entry);
  }
}

TEST(Damage, AMissingMemberIsRefused) {
  auto bytes = golden_bytes("ApplicationRegistered.1.json");
  for (const char* member :
       {"position", "commit", "first", "count", "id", "type", "schema", "subject", "kind", "version",
        "organization", "actor", "at", "command", "data", "name", "email", "email_key", "roles"}) {
    expect_malformed(replaced(bytes, "\"" + std::string(member) + "\":", "\"gone\":"));
  }
}

TEST(Damage, AValueOfAnotherTypeIsRefused) {
  auto bytes = golden_bytes("ApplicationRegistered.1.json");
  for (auto [right, wrong] : std::initializer_list<std::pair<const char*, const char*>>{
           {R"("position":16)", R"("position":"16")"},
           {R"("position":16)", R"("position":16.5)"},
           {R"("count":2)", R"("count":null)"},
           {R"("type":"ApplicationRegistered")", R"("type":["ApplicationRegistered"])"},
           {R"("schema":1)", R"("schema":"1")"},
           {R"("kind":"application")", R"("kind":"spaceship")"},
           {R"("kind":"application")", R"("kind":3)"},
           {R"("at":"2026)", R"("at":"yesterday-2026)"},
           {R"("name":"Nightly intake import")", R"("name":null)"},
           {R"("url":"https://import.example.org/about?a=1&b=2")", R"("url":null)"},
           {R"("roles":[)", R"("roles":[7,)"},
           {R"("roles":[")", R"("roles":["not-an-id",")"},
           {R"("data":{)", R"("data":[{)"},
           {R"("commit":{)", R"("commit":[{)"}}) {
    expect_malformed(replaced(bytes, right, wrong));
  }
}

TEST(Damage, ANumberThatDoesNotFitIsRefusedAndNotCutToSize) {
  auto bytes = golden_bytes("ApplicationRegistered.1.json");
  for (auto [right, wrong] : std::initializer_list<std::pair<const char*, const char*>>{
           {R"("position":16)", R"("position":-1)"},
           {R"("position":16)", R"("position":18446744073709551616)"},
           {R"("first":16)", R"("first":-16)"},
           {R"("count":2)", R"("count":4294967298)"},
           {R"("count":2)", R"("count":-2)"},
           {R"("version":1)", R"("version":4294967297)"}}) {
    expect_malformed(replaced(bytes, right, wrong));
  }
}

TEST(Damage, APermissionThatDoesNotExistIsRefused) {
  auto bytes = golden_bytes("RolePermissionsChanged.1.json");
  expect_malformed(replaced(bytes, R"("engage":)", R"("dancing":)"));
  expect_malformed(replaced(bytes, R"("edit":)", R"("eat":)"));
  expect_malformed(replaced(bytes, R"("limited")", R"("unlimited")"));
  expect_malformed(replaced(bytes, R"("limited")", "2"));
  expect_malformed(replaced(bytes, R"({"view":"all"})", R"("all")"));
}

TEST(Damage, TextThatIsNotUnicodeIsRefused) {
  auto bytes = golden_bytes("UserRenamed.1.json");
  for (const char* text : {"\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc3", R"(\ud800)",
                           R"(\udc00)", R"(\ud83d\u0041)", R"(\x41)", R"(\u00g0)", "line\nfeed"}) {
    expect_malformed(replaced(bytes, "Zoë", text));
  }
}

TEST(Damage, ARecordsOwnJsonThatIsCutShortIsRefused) {
  auto bytes = golden_bytes("RecordUpdated.1.json");
  expect_malformed(replaced(bytes, "12345678901234567890}", "12345678901234567890"));
  expect_malformed(replaced(bytes, R"({"risk":12345678901234567890})", R"([1])"));
  expect_malformed(replaced(bytes, R"({"risk":12345678901234567890})", R"({"risk":[1})"));
}

TEST(Damage, AnyFlippedByteIsReadOrRefusedButNeverFatal) {
  constexpr std::mt19937::result_type kSeed = 20260301;
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  std::mt19937 random(kSeed);
  std::size_t refused = 0;
  for (const auto& entry : golden_entries()) {
    const auto bytes = golden_bytes(golden_name(entry));
    for (int round = 0; round < 400; ++round) {
      auto damaged = bytes;
      for (auto flips = 1 + random() % 3; flips > 0; --flips) {
        damaged[random() % damaged.size()] = static_cast<char>(random());
      }
      if (auto decoded = decode(damaged); !decoded) {
        ++refused;
      } else {
        std::string again;
        encode(*decoded, again);
      }
    }
  }
  EXPECT_GT(refused, 0U);
}

}  // namespace
}  // namespace byline::test
