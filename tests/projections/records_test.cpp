#include "projections/records.hpp"

#include "view_fixture.hpp"

namespace byline::test {
namespace {

class RecordsView : public ViewFixture {
 protected:
  RecordsView() : ViewFixture(View::records) {}
  std::optional<std::string> record(std::string_view collection = "intake/reports") {
    return row(record_key(kHarbor, collection, kReport));
  }
};

TEST_F(RecordsView, ARecordIsItsAttributes) {
  given(kReportSubject, RecordCreated{"intake/reports", {R"({"summary":"Zoë","count":1.50})"}});
  EXPECT_EQ(record(), R"({"summary":"Zoë","count":1.50})");
  given(kReportSubject, RecordUpdated{"intake/reports", {R"({"count":2,"open":true})"}});
  EXPECT_EQ(record(), R"({"summary":"Zoë","count":2,"open":true})");
  given(kReportSubject, RecordDeleted{"intake/reports"});
  EXPECT_TRUE(rows().empty());
}

TEST_F(RecordsView, ACollectionIsOneRange) {
  given(kReportSubject, RecordCreated{"intake/reports", {}});
  EXPECT_EQ(rests(record_prefix(kHarbor, "intake/reports")).size(), 1U);
  EXPECT_TRUE(rests(record_prefix(kHarbor, "intake/report")).empty());
  EXPECT_TRUE(rests(record_prefix(kHill, "intake/reports")).empty());
}

TEST_F(RecordsView, AnUpdateOfWhatIsNotThereIsAnError) {
  EXPECT_ANY_THROW(given(kReportSubject, RecordUpdated{"intake/reports", {}}));
}

struct Merge {
  const char* name;
  const char* current;
  const char* changes;
  const char* merged;
  const char* changed;
};

class MergeTest : public ::testing::TestWithParam<Merge> {};

TEST_P(MergeTest, GivesTheWholeAndWhatReallyChanged) {
  auto [name, current, changes, merged, changed] = GetParam();
  auto result = merge_attributes(current, changes);
  EXPECT_EQ(result.merged, merged);
  EXPECT_EQ(result.changed, changed);
}

INSTANTIATE_TEST_SUITE_P(
    Attributes, MergeTest,
    ::testing::Values(
        Merge{"NothingIntoNothing", "{}", "{}", "{}", "{}"},
        Merge{"AllIntoNothing", "{}", R"({"b":1,"a":2})", R"({"b":1,"a":2})", R"({"b":1,"a":2})"},
        Merge{"MembersKeepTheirPlaces", R"({"a":1,"b":2,"c":3})", R"({"d":4,"b":5})",
              R"({"a":1,"b":5,"c":3,"d":4})", R"({"d":4,"b":5})"},
        Merge{"WhatStaysTheSameIsNoChange", R"({"a":1,"b":"x","c":[1,2]})", R"({"c":[1,2],"a":1,"b":"y"})",
              R"({"a":1,"b":"y","c":[1,2]})", R"({"b":"y"})"},
        Merge{"NumbersKeepTheirDigits", R"({"a":1.50,"b":12345678901234567890.123})",
              R"({"a":1.5,"c":1e400,"d":-0,"e":10000000000000000000000000001})",
              R"({"a":1.5,"b":12345678901234567890.123,"c":1e400,"d":-0,"e":10000000000000000000000000001})",
              R"({"a":1.5,"c":1e400,"d":-0,"e":10000000000000000000000000001})"},
        Merge{"NullIsAValue", R"({"a":1,"b":null})", R"({"a":null,"b":null})", R"({"a":null,"b":null})",
              R"({"a":null})"},
        Merge{"NestedValuesAreReplacedWhole", R"({"a":{"x":1,"y":2}})", R"({"a":{"x":3}})",
              R"({"a":{"x":3}})", R"({"a":{"x":3}})"},
        Merge{"UnicodeKeys", R"({"größe":1,"大":2,"📥":3})", R"({"大":4,"📥":3})",
              R"({"größe":1,"大":4,"📥":3})", R"({"大":4})"},
        Merge{"AnEscapedKeyIsTheSameKey", R"({"größe":1})", R"({"gr\u00f6\u00dfe":2})", R"({"größe":2})",
              R"({"größe":2})"},
        Merge{"KeysWithQuotesAndControls", R"({"a\"b\\":1})", R"({"a\"b\\":2,"\n":3,"":4})",
              R"({"a\"b\\":2,"\n":3,"":4})", R"({"a\"b\\":2,"\n":3,"":4})"},
        Merge{"TextsThatHoldJson", R"({"a":"{\"b\":1}"})", R"({"a":"}"})", R"({"a":"}"})", R"({"a":"}"})"}),
    [](const auto& instance) { return instance.param.name; });

TEST(Merging, WhatIsNoObjectIsAnError) {
  EXPECT_THROW(merge_attributes("[]", "{}"), std::runtime_error);
  EXPECT_THROW(merge_attributes("{}", "{\"a\":"), std::runtime_error);
}

TEST(Merging, ManyMembersAreMergedInTheirOrder) {
  std::string current = "{", changes = "{";
  for (int i = 0; i < 2000; ++i)
    current += (i ? ",\"k" : "\"k") + std::to_string(i) + "\":" + std::to_string(i);
  for (int i = 1999; i >= 0; --i) changes += (i < 1999 ? ",\"k" : "\"k") + std::to_string(i) + "\":0";
  auto result = merge_attributes(current + "}", changes + "}");
  std::string expected = "{";
  for (int i = 0; i < 2000; ++i) expected += (i ? ",\"k" : "\"k") + std::to_string(i) + "\":0";
  EXPECT_EQ(result.merged, expected + "}");
}

}  // namespace
}  // namespace byline::test
