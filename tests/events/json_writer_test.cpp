#include "events/json_writer.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

namespace byline::test {
namespace {

std::string written(auto&& write) {
  std::string out;
  JsonWriter json(out);
  write(json);
  return out;
}

std::string as_json_string(std::string_view text) {
  return written([&](JsonWriter& json) { json.value(text); });
}

TEST(JsonWriter, PutsCommasWhereTheyBelong) {
  EXPECT_EQ(written([](JsonWriter& json) {
              json.begin_object();
              json.member("a", 1);
              json.key("b");
              json.begin_array();
              json.value("x");
              json.begin_object();
              json.end_object();
              json.begin_array();
              json.end_array();
              json.null();
              json.value(true);
              json.end_array();
              json.raw_member("c", R"({"as":"it is"})");
              json.member("d", false);
              json.end_object();
            }),
            R"({"a":1,"b":["x",{},[],null,true],"c":{"as":"it is"},"d":false})");
}

TEST(JsonWriter, WritesEmptyContainers) {
  EXPECT_EQ(written([](JsonWriter& json) {
              json.begin_object();
              json.end_object();
            }),
            "{}");
  EXPECT_EQ(written([](JsonWriter& json) {
              json.begin_array();
              json.end_array();
            }),
            "[]");
}

TEST(JsonWriter, WritesTheWholeRangeOfIntegers) {
  auto number = [](auto value) { return written([&](JsonWriter& json) { json.value(value); }); };
  EXPECT_EQ(number(0), "0");
  EXPECT_EQ(number(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
  EXPECT_EQ(number(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
  EXPECT_EQ(number(static_cast<std::uint8_t>(200)), "200");
}

TEST(JsonWriter, EscapesWhatRfc8259SaysMustBeAndNothingElse) {
  EXPECT_EQ(as_json_string("\"\\"), R"("\"\\")");
  EXPECT_EQ(as_json_string("\b\f\n\r\t"), R"("\b\f\n\r\t")");
  EXPECT_EQ(as_json_string("\x01\x1f"), R"("\u0001\u001f")");
  EXPECT_EQ(as_json_string(std::string_view("\0", 1)), R"("\u0000")");
  EXPECT_EQ(as_json_string("/'<>&\x7f é 😀 \u2028"), "\"/'<>&\x7f é 😀 \u2028\"");
}

TEST(JsonWriter, EscapesNamesAsValues) {
  EXPECT_EQ(written([](JsonWriter& json) {
              json.begin_object();
              json.member("a\"b", "c");
              json.end_object();
            }),
            R"({"a\"b":"c"})");
}

TEST(JsonWriter, AnotherParserReadsBackEveryCharacter) {
  for (char32_t c = 0; c < 0x110000; c += c < 0x3000 ? 1 : 0x7f) {
    if (c >= 0xd800 && c < 0xe000) continue;
    std::string text;
    if (c < 0x80) {
      text = {static_cast<char>(c)};
    } else if (c < 0x800) {
      text = {static_cast<char>(0xc0 | c >> 6), static_cast<char>(0x80 | (c & 0x3f))};
    } else if (c < 0x10000) {
      text = {static_cast<char>(0xe0 | c >> 12), static_cast<char>(0x80 | (c >> 6 & 0x3f)),
              static_cast<char>(0x80 | (c & 0x3f))};
    } else {
      text = {static_cast<char>(0xf0 | c >> 18), static_cast<char>(0x80 | (c >> 12 & 0x3f)),
              static_cast<char>(0x80 | (c >> 6 & 0x3f)), static_cast<char>(0x80 | (c & 0x3f))};
    }
    ASSERT_EQ(nlohmann::json::parse(as_json_string(text)).get<std::string>(), text)
        << static_cast<unsigned>(c);
  }
}

TEST(JsonWriter, FindsWhatMustBeEscapedAtEveryPlaceOfTextsOfEveryLength) {
  for (std::size_t length = 0; length < 70; ++length) {
    const std::string plain(length,
                            '!');  // beside the quotation mark, and the next to what is below the space
    ASSERT_EQ(as_json_string(plain), '"' + plain + '"');
    for (std::size_t at = 0; at < length; ++at) {
      for (auto [special, escaped] : {std::pair{'"', "\\\""}, {'\\', "\\\\"}, {'\x1f', "\\u001f"}}) {
        auto text = plain;
        text[at] = special;
        auto expected = plain;
        ASSERT_EQ(as_json_string(text), '"' + expected.replace(at, 1, escaped) + '"') << length << ' ' << at;
      }
    }
  }
}

TEST(JsonWriter, AppendsToWhatIsThere) {
  std::string out = "log: ";
  JsonWriter json(out);
  json.value("x");
  EXPECT_EQ(out, "log: \"x\"");
}

}  // namespace
}  // namespace byline::test
