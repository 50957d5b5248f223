#include "events/json_members.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace byline::test {
namespace {

TEST(JsonMembers, KeepValuesAsTheyWereWritten) {
  JsonMembers expected = {{"risk", "1.50"},
                          {"case", "12345678901234567890123456789"},
                          {"huge", "1e999"},
                          {"negative_zero", "-0.0"},
                          {"open", "true"},
                          {"worker", "null"},
                          {"text", R"("a \u00e9 \" }")"},
                          {"list", "[1, {\"b\":[]}]"},
                          {"object", "{ \"c\" : 1.0 }"}};
  auto text = std::string(R"({"risk": 1.50 ,"case":12345678901234567890123456789,"huge":1e999,)") +
              R"("negative_zero":-0.0,"open":true,"worker":null ,"text":"a \u00e9 \" }",)" +
              "\"list\":[1, {\"b\":[]}],\n\t\"object\":{ \"c\" : 1.0 }\r\n}";
  EXPECT_EQ(split_members(text), expected);
}

TEST(JsonMembers, KeepTheirOrder) {
  EXPECT_EQ(split_members(R"({"b":1,"a":2,"c":3})"), (JsonMembers{{"b", "1"}, {"a", "2"}, {"c", "3"}}));
}

TEST(JsonMembers, NamesAreReadForWhatTheyMean) {
  EXPECT_EQ(split_members(R"({"\u0061\"b":1,"":2,"é":3})"),
            (JsonMembers{{"a\"b", "1"}, {"", "2"}, {"é", "3"}}));
}

TEST(JsonMembers, SplitAndJoinedAreTheSameText) {
  for (const char* text : {"{}", R"({"a":1.0})", R"({"a":{"b":[1,2,{}]},"c":"\"","d\\e":null})",
                           R"({"n":100000000000000000000000.10})"}) {
    EXPECT_EQ(join_members(split_members(text)), text);
  }
}

TEST(JsonMembers, AnEmptyObjectHasNone) {
  EXPECT_TRUE(split_members("{}").empty());
  EXPECT_TRUE(split_members(" { } ").empty());
}

TEST(JsonMembers, AreNotFoundInWhatIsNoObject) {
  for (const char* text :
       {"", " ", "[]", "[1]", "1", "null", "\"a\"", "{", "}", "{\"a\"}", "{\"a\":}", "{\"a\":1", "{\"a\":1,}",
        "{\"a\":[1}", "{\"a\":{}", "{1:2}", "{\"a\" 1}", "\xff"}) {
    EXPECT_THROW(split_members(text), std::runtime_error) << text;
  }
}

TEST(JsonMembers, DoNotChangeWithWhatIsReadNext) {
  auto first = split_members(R"({"a":"first"})");
  auto second = split_members("{\"a\":\"" + std::string(100'000, 'x') + "\"}");
  EXPECT_EQ(first, (JsonMembers{{"a", "\"first\""}}));
}

TEST(CompactJson, LosesWhiteSpaceBetweenTokensAndNothingElse) {
  EXPECT_EQ(compact_json(" {\n \"a b\" : [ 1.50 ,\t\"x  y\" , { } ] }\r\n"), R"({"a b":[1.50,"x  y",{}]})");
  EXPECT_EQ(compact_json(R"({"a":"\" { "})"), R"({"a":"\" { "})");
  EXPECT_EQ(compact_json("{}"), "{}");
  EXPECT_EQ(compact_json("12345678901234567890.0"), "12345678901234567890.0");
}

TEST(CompactJson, RefusesTextWhoseStringsDoNotEnd) {
  EXPECT_THROW(compact_json(R"({"a)"), std::runtime_error);
  EXPECT_THROW(compact_json(R"("\")"), std::runtime_error);
}

}  // namespace
}  // namespace byline::test
