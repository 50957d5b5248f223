#include "domain/text.hpp"

#include <gtest/gtest.h>

namespace byline {
namespace {

std::string repeat(std::string_view text, std::size_t count) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += text;
  return all;
}

std::string name_of(std::string_view text) {
  auto name = parse_name(text);
  return name ? *name : "refused: " + std::string(code_name(name.error().code)) + " " + name.error().detail;
}

void expect_name_refused(std::string_view text, Code code) {
  auto name = parse_name(text);
  ASSERT_FALSE(name) << "accepted as " << *name;
  EXPECT_EQ(code_name(name.error().code), code_name(code)) << text;
  EXPECT_EQ(name.error().field, "name");
}

void expect_description(std::string_view text) {
  auto description = parse_description(text);
  ASSERT_TRUE(description) << explain(description.error());
  EXPECT_EQ(*description, text);
}

Code description_fault(std::string_view text) {
  auto description = parse_description(text);
  EXPECT_FALSE(description) << text;
  if (description) return Code::not_found;
  EXPECT_EQ(description.error().field, "description");
  return description.error().code;
}

void expect_url(std::string_view text) {
  auto url = parse_url(text);
  ASSERT_TRUE(url) << text << ": " << explain(url.error());
  EXPECT_EQ(*url, text);
}

void expect_url_refused(std::string_view text, Code code = Code::invalid_url) {
  auto url = parse_url(text);
  ASSERT_FALSE(url) << "accepted " << text;
  EXPECT_EQ(code_name(url.error().code), code_name(code)) << text << ": " << explain(url.error());
  EXPECT_EQ(url.error().field, "url");
}

TEST(Name, KeepsWhatPeopleAndCompaniesAreCalled) {
  for (const char* name : {"Caseworthy Sync",
                           "O’Brien & Sons",
                           "D'Angelo",
                           "Zoë Müller-Lüdenscheidt",
                           "Αθήνα",
                           "שלום",
                           "شركة الأمل",
                           "株式会社サクラ",
                           "नमस्ते",
                           "Nguyễn Thị Minh",
                           "<script>alert(1)</script>",
                           "Robert'); DROP TABLE x;--",
                           "👩‍👩‍👧‍👦 Family Desk",
                           "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
                           "❤️",
                           "می‌خواهم",
                           "null",
                           "0",
                           "%00",
                           "../../etc/passwd"}) {
    EXPECT_EQ(name_of(name), name);
  }
}

TEST(Name, LosesWhiteSpaceAtItsEndsOnly) {
  EXPECT_EQ(name_of("  Intake  Bot\t\r\n"), "Intake  Bot");
  EXPECT_EQ(name_of("\u00A0\u3000\u2003Zoë\u2028\u0085"), "Zoë");
  EXPECT_EQ(name_of("\u00A0plain\u00A0"), "plain");
}

TEST(Name, IsNormalizedSoThatOneNameHasOneForm) {
  EXPECT_EQ(name_of("Zoe\u0308"), "Zo\u00EB");
  EXPECT_EQ(name_of("\u212Bngstr\u00F6m"), "\u00C5ngstr\u00F6m");
  EXPECT_EQ(name_of("\u1112\u1161\u11AB"), "\uD55C");
}

TEST(Name, HasFromOneToTwoHundredCharacters) {
  for (const char* one : {"a", "é", "漢", "😀"}) {
    EXPECT_EQ(name_of(repeat(one, 200)), repeat(one, 200));
    expect_name_refused(repeat(one, 201), Code::too_long);
    EXPECT_EQ(name_of("   " + repeat(one, 200) + "   "), repeat(one, 200));
  }
  // 400 code points as sent, 200 as kept.
  EXPECT_EQ(name_of(repeat("e\u0308", 200)), repeat("\u00EB", 200));
  // Reordering so many marks would take minutes; the length is refused first.
  expect_name_refused("a" + repeat("\u0301\u0316", 1'000'000), Code::too_long);
}

TEST(Name, MustBeVisible) {
  for (const char* nothing :
       {"", " ", "\t\r\n", "\u00A0", "\u3000\u3000", "\u200B", "\u200D\u200C", "\u00AD", "\u3164", "\uFEFF",
        "\u2060 \u200B", "\u115F\u1160", "\u2800", "\uFE0F", "\U000E0041"}) {
    expect_name_refused(nothing, Code::required);
  }
}

// Two names that nobody can tell apart would be two signatures that nobody can tell apart.
TEST(Name, HidesNothing) {
  for (const char* hidden :
       {"Be\u200Brt", "Be\u200Crt", "Be\u200Drt", "Night\u2062 import", "Nightly\u3164import", "Bert\uE000",
        "im\U000E0070port", "\u200CBert", "Be\u00ADrt", "\uFEFFBert", "Ber\u034Ft", "Бе\u200Dрт"}) {
    expect_name_refused(hidden, Code::forbidden_character);
  }
}

TEST(Name, HasNoControlsAndNothingThatReordersIt) {
  for (const char* c :
       {"\x01",   "\x1B",   "\x7F",   "\n",     "\t",     "\r",     "\u0080", "\u0085", "\u009F",
        "\u061C", "\u200E", "\u200F", "\u202A", "\u202B", "\u202C", "\u202D", "\u202E", "\u2066",
        "\u2067", "\u2068", "\u2069", "\u2028", "\u2029", "\uFDD0", "\uFFFE", "\uFFFF", "\U0010FFFF"}) {
    expect_name_refused(std::string("In") + c + "take", Code::forbidden_character);
  }
  expect_name_refused(std::string_view("a\0b", 3), Code::forbidden_character);
}

TEST(Name, IsUtf8) {
  for (const char* bytes :
       {"\xFF", "a\xC3", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x28\xA1", " \x80 "}) {
    expect_name_refused(bytes, Code::forbidden_character);
  }
}

TEST(Description, IsKeptExactly) {
  expect_description("");
  expect_description("  Sends referrals.\r\n\r\n\t- every night\n  ");
  expect_description("Zoe\u0308, не нормализовано, שלום\u200F!");
  expect_description(std::string(4000, 'x'));
  expect_description(repeat("😀", 4000));
}

TEST(Description, HasBoundsAndNoControls) {
  EXPECT_EQ(description_fault(std::string(4001, 'x')), Code::too_long);
  EXPECT_EQ(description_fault(repeat("é", 4001)), Code::too_long);
  for (const char* text :
       {"a\x1B[31mred", "\x7F", "a\rb", "a\r", "\u0085", "\u202Eexe", "\u2066x\u2069", "\uFFFF"}) {
    EXPECT_EQ(description_fault(text), Code::forbidden_character) << text;
  }
  EXPECT_EQ(description_fault(std::string_view("\0", 1)), Code::forbidden_character);
  EXPECT_EQ(description_fault("\xC3"), Code::forbidden_character);
}

TEST(Url, IsKeptExactly) {
  for (const char* url : {"https://example.org", "http://example.org/",
                          "HTTPS://Example.ORG:8443/a%20b?q=1&r=x#top", "https://xn--bcher-kva.example/",
                          "http://[2001:db8::1]:80/", "http://127.0.0.1/", "https://localhost:3000",
                          "https://example.org/?next=javascript:alert(1)", "https://example.org:/", ""}) {
    expect_url(url);
  }
  auto longest = "https://example.org/" + std::string(2028, 'a');
  expect_url(longest);
  expect_url_refused(longest + "a", Code::too_long);
}

TEST(Url, IsHttpWithAHost) {
  for (const char* url : {"example.org",
                          "//example.org",
                          "/path",
                          "javascript:alert(1)",
                          "data:text/html,x",
                          "ftp://example.org/",
                          "file:///etc/passwd",
                          "https:",
                          "https:///path",
                          "https://",
                          "https://?q",
                          "https://:443/",
                          "https://example.org:99999/",
                          "https://exa%6Dple.org/",
                          "https://bücher.example/",
                          "https://example.org/<b>",
                          "https://example.org\\@evil.example/",
                          "http://[::1",
                          "https://example.org/%zz",
                          "\xC3"}) {
    expect_url_refused(url);
  }
}

TEST(Url, ShowsNoCredentials) {
  expect_url_refused("https://user@example.org/");
  expect_url_refused("https://user:password@example.org/");
  expect_url_refused("https://example.org@evil.example/");
}

TEST(Url, HasNoBlanksAndControls) {
  for (const char* url : {" https://example.org", "https://example.org ", "https://example.org/a b",
                          "https://example.org/\nSet-Cookie:x", "https://example.org/\x7F",
                          "https://example.org/\u202Egpj", "https://example.org/\u00A0", "java\nscript:x"}) {
    expect_url_refused(url);
  }
}

}  // namespace
}  // namespace byline
