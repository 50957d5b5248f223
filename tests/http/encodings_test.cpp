// What a request is read from before anybody looks at its meaning: paths, forms, JSON, media types, cursors.

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "http/cursor.hpp"
#include "http/media_type.hpp"
#include "http/url_encoding.hpp"
#include "security/strict_json.hpp"

namespace byline::http {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;
using Segments = std::vector<std::string>;

TEST(PathTest, IsSplitBeforeItIsDecoded) {
  EXPECT_EQ(split_path("/"), Segments({""}));
  EXPECT_EQ(split_path("/a/b"), Segments({"a", "b"}));
  EXPECT_EQ(split_path("/a/"), Segments({"a", ""}));
  EXPECT_EQ(split_path("//a"), Segments({"", "a"}));
  EXPECT_EQ(split_path("/a%2Fb/c+d/%C3%A9"), Segments({"a/b", "c+d", "é"}));
}

TEST(PathTest, IsDecodableTextThatBeginsWithASlash) {
  for (auto* path :
       {"", "a", "*", "/%", "/%1", "/%g0", "/%00", "/%ff", "/%c0%80", "/%ed%a0%80", "/%f5%80%80%80"}) {
    EXPECT_FALSE(split_path(path)) << path;
  }
}

TEST(FormTest, IsPairsInOrder) {
  EXPECT_EQ(parse_form(""), Pairs());
  EXPECT_EQ(parse_form("a=1&b=2&a=3"), Pairs({{"a", "1"}, {"b", "2"}, {"a", "3"}}));
  EXPECT_EQ(parse_form("&&a&=x&b=&c==&"), Pairs({{"a", ""}, {"", "x"}, {"b", ""}, {"c", "="}}));
  EXPECT_EQ(parse_form("page%5Bsize%5D=1+2%2B3&%26=%3D"), Pairs({{"page[size]", "1 2+3"}, {"&", "="}}));
}

TEST(FormTest, NamesTheParameterThatCannotBeRead) {
  EXPECT_EQ(parse_form("ok=1&bad=%zz").error().name, "bad");
  EXPECT_EQ(parse_form("bad=%00").error().name, "bad");
  EXPECT_EQ(parse_form("bad=%ff").error().name, "bad");
  EXPECT_EQ(parse_form("%ff=1").error().name, "");
}

TEST(FormTest, HasAtMostAHundredParameters) {
  std::string form;
  for (int i = 0; i < 100; ++i) form += "a=1&";
  EXPECT_EQ(parse_form(form)->size(), 100U);
  EXPECT_FALSE(parse_form(form + "a=1"));
}

TEST(FormTest, WhatIsEscapedReadsBack) {
  std::string every;
  for (char32_t c : {U'a', U'Z', U' ', U'+', U'%', U'&', U'=', U'/', U'~', U'-'})
    every += static_cast<char>(c);
  every += "é\n\U0001F9ED";
  EXPECT_EQ(form_decode(percent_encode(every)), every);
  EXPECT_EQ(percent_encode("a-._~ /é"), "a-._~%20%2F%C3%A9");
}

TEST(StrictJsonTest, ReadsWhatIsOneDocument) {
  EXPECT_EQ(*security::parse_strict_json(R"( {"a":[1,{"b":null}],"c":"\u00e9"} )", 3),
            nlohmann::json::parse(R"({"a":[1,{"b":null}],"c":"é"})"));
  EXPECT_EQ(*security::parse_strict_json("7", 1), 7);
}

TEST(StrictJsonTest, AMemberStandsOnce) {
  struct Case {
    const char* text;
    const char* pointer;
  };
  for (auto [text, pointer] :
       {Case{R"({"a":1,"a":1})", "/a"}, Case{R"({"x":{"a":1},"y":{"b":{},"b":{}}})", "/y/b"},
        Case{R"({"x":[0,[{"a":1},{"a":1,"\u0061":2}]]})", "/x/1/1/a"},
        Case{R"({"a/b":{"~":1,"~":2}})", "/a~1b/~0"}, Case{R"([{"k":{"z":[]}},{"k":[],"k":1}])", "/1/k"}}) {
    auto parsed = security::parse_strict_json(text, 10);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().pointer, pointer) << text;
  }
  EXPECT_TRUE(security::parse_strict_json(R"({"a":{"a":{"a":1}},"b":[{"a":1},{"a":1}]})", 10));
}

TEST(StrictJsonTest, DepthIsBounded) {
  EXPECT_TRUE(security::parse_strict_json("[[[]]]", 3));
  EXPECT_FALSE(security::parse_strict_json("[[[[]]]]", 3));
  EXPECT_TRUE(security::parse_strict_json(R"([[],[],{"a":[]}])", 3));
  EXPECT_FALSE(security::parse_strict_json(std::string(1'000'000, '['), 64));
}

TEST(StrictJsonTest, AnythingElseIsMalformed) {
  for (const auto& text :
       {std::string(""), std::string(" "), std::string("{"), std::string("{} x"), std::string("{}{}"),
        std::string("{'a':1}"), std::string("[1,]"), std::string("nul"), std::string("01"),
        std::string("1e999"), std::string("NaN"), std::string("\"a\nb\""), std::string("// c\n1"),
        std::string("\"\xff\""), std::string("\"\xc0\xaf\""), std::string("\"\\ud800\""),
        std::string("\"\xed\xa0\x80\""), std::string("{}\0", 3), std::string("\xff\xfe{}")}) {
    auto parsed = security::parse_strict_json(text, 5);
    ASSERT_FALSE(parsed) << text;
    EXPECT_FALSE(parsed.error().detail.empty());
    EXPECT_EQ(parsed.error().pointer, "");
  }
}

TEST(MediaTypeTest, JsonApiHasNoParameters) {
  for (auto* type : {"application/vnd.api+json", "Application/VND.API+JSON", " application/vnd.api+json\t"})
    EXPECT_TRUE(is_json_api(type)) << type;
  for (auto* type :
       {"", "application/json", "application/vnd.api+json;", "application/vnd.api+json; charset=utf-8",
        "application/vnd.api+json; ext=\"x\"", "application/vnd.api+jsonp", "application/vnd.api+json, a/b"})
    EXPECT_FALSE(is_json_api(type)) << type;
}

TEST(MediaTypeTest, AFormMayNameItsCharset) {
  for (auto* type : {"application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=UTF-8"})
    EXPECT_TRUE(is_form(type)) << type;
  for (auto* type : {"", "multipart/form-data", "application/x-www-form-urlencodedx", "text/plain"})
    EXPECT_FALSE(is_form(type)) << type;
}

TEST(MediaTypeTest, AcceptIsRefusedOnlyWhereEveryJsonApiInItHasParameters) {
  for (auto* accept : {"", "*/*", "text/html", "application/vnd.api+json", "application/vnd.api+json;q=0.5",
                       "application/vnd.api+json ; Q=0.5", "a/b, application/vnd.api+json",
                       "application/vnd.api+json; ext=\"x\", application/vnd.api+json; q=0.1"})
    EXPECT_TRUE(accepts_json_api(accept)) << accept;
  for (auto* accept : {"application/vnd.api+json; ext=\"x\"", "application/vnd.api+json;charset=utf-8, */*",
                       "application/vnd.api+json; ext=\"a,b\"; q=1"})
    EXPECT_FALSE(accepts_json_api(accept)) << accept;
}

const security::Key kListKey = security::new_key();

TEST(CursorTest, ReadsBackWhateverItWasMadeOf) {
  const std::vector<AttributeValue> values = {std::monostate{},
                                              std::string(),
                                              std::string("é:7\0x", 6),
                                              true,
                                              false,
                                              std::int64_t{0},
                                              INT64_MIN,
                                              INT64_MAX,
                                              0.0,
                                              -1.5e300,
                                              RawJson{R"({"a":[1]})"}};
  for (const auto& value : values) {
    for (const auto& key : {std::string("k"), std::string("\0\xff:9", 4), std::string(32, '\x80')}) {
      auto place = read_cursor(kListKey, write_cursor(kListKey, {value, key}));
      ASSERT_TRUE(place);
      EXPECT_EQ(place->value, value);
      EXPECT_EQ(place->key, key);
    }
  }
}

TEST(CursorTest, IsSafeInAnAddress) {
  auto cursor = write_cursor(kListKey, {std::string(200, '\xfe'), std::string(100, '\xff')});
  EXPECT_EQ(percent_encode(cursor), cursor);
}

TEST(CursorTest, NothingElseIsOne) {
  for (auto* text : {"", "x", "!!!!", "MTox", "eA", "OjA", "MDo", "MTpzeA==", "OTk5OTk6c3g", "LTE6c3g",
                     "MTp4aw", "MTpkaw", "NTpz"})
    EXPECT_FALSE(read_cursor(kListKey, text)) << text;
  EXPECT_FALSE(read_cursor(kListKey, std::string(5000, 'A')));
  auto cursor = write_cursor(kListKey, {std::string("value"), "key"});
  for (std::size_t size = 0; size < cursor.size(); ++size)
    EXPECT_FALSE(read_cursor(kListKey, cursor.substr(0, size)));
  EXPECT_FALSE(read_cursor(security::new_key(), cursor)) << "of another list";
}

}  // namespace
}  // namespace byline::http
