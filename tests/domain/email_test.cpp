#include "domain/email.hpp"

#include <gtest/gtest.h>

namespace byline {
namespace {

std::string repeat(std::string_view text, std::size_t count) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += text;
  return all;
}

std::string key_of(std::string_view text) {
  auto address = parse_email(text);
  return address ? address->key : "refused: " + explain(address.error());
}

void expect_refused(std::string_view text, Code code = Code::invalid_email) {
  auto address = parse_email(text);
  ASSERT_FALSE(address) << "accepted " << text << " as " << address->key;
  bool of_form = code == Code::invalid_email || code == Code::forbidden_character;
  // Which of the two a bad character is may differ; that it is the form and not something else may not.
  if (of_form && address.error().code == Code::invalid_email) code = Code::invalid_email;
  if (of_form && address.error().code == Code::forbidden_character) code = Code::forbidden_character;
  EXPECT_EQ(code_name(address.error().code), code_name(code)) << text << ": " << explain(address.error());
  EXPECT_EQ(address.error().field, "email");
}

/// A domain of so many bytes.
std::string domain_of(std::size_t bytes) {
  std::string domain = "example";
  while (domain.size() + 64 < bytes) domain = std::string(63, 'd') + "." + domain;
  return std::string(bytes - domain.size() - 1, 'e') + "." + domain;
}

TEST(Email, AddressesOfPeopleAreAccepted) {
  for (const char* text :
       {"a@b.co", "o'brien+intake@example.org", "first.last@sub.example.co.uk", "x_y-z@xn--bcher-kva.example",
        "!#$%&'*+/=?^_`{|}~-@example.org", "1234567890@123.example", "me@3com.example", "me@a--b.example",
        "müller@bücher.example", "用户@例子.广告", "δοκιμή@παράδειγμα.δοκιμή", "संपर्क@डाटामेल.भारत",
        "info@faß.example", "אבא@דוגמה.example", "😀@example.org", "a@xn--p1ai.xn--p1ai"}) {
    auto address = parse_email(text);
    ASSERT_TRUE(address) << text << ": " << explain(address.error());
    EXPECT_EQ(address->text, text);
  }
}

TEST(Email, IsShownAsGivenButTrimmedAndNormalized) {
  EXPECT_EQ(parse_email(" \t Zoe.Smith@Example.ORG\u00A0\r\n")->text, "Zoe.Smith@Example.ORG");
  EXPECT_EQ(parse_email("zoe\u0308@example.org")->text, "zo\u00EB@example.org");
}

TEST(Email, OneMailboxHasOneKeyHoweverItIsWritten) {
  EXPECT_EQ(key_of("Zoe@EXAMPLE.org"), "zoe@example.org");
  for (const char* text : {"MÜLLER@BÜCHER.example", "mu\u0308ller@bu\u0308cher.example",
                           "müller@xn--bcher-kva.example", "müller@XN--BCHER-KVA.EXAMPLE",
                           "müller@bücher。example", "müller@ｂücher．example", "ｍüller@bücher.example"}) {
    EXPECT_EQ(key_of(text), "müller@xn--bcher-kva.example") << text;
  }
  EXPECT_EQ(key_of("\u212Aelvin@example.org"), key_of("kelvin@example.org"));
  EXPECT_EQ(key_of("ΣΊΣΥΦΟΣ@example.org"), key_of("σίσυφος@example.org"));
}

// U+0345 folds to a letter, so an address must be composed before it is folded, not after.
TEST(Email, OneTextHasOneKey) {
  for (const auto& [one, other] : {std::pair("\u1FB4@x.example", "\u03B1\u0345\u0301@x.example"),
                                   {"\u1FA0@x.example", "\u03C9\u0345\u0313@x.example"}}) {
    auto left = parse_email(one), right = parse_email(other);
    ASSERT_TRUE(left && right);
    EXPECT_EQ(left->text, right->text);
    EXPECT_EQ(left->key, right->key);
  }
}

TEST(Email, DifferentMailboxesHaveDifferentKeys) {
  EXPECT_NE(key_of("me+a@example.org"), key_of("me@example.org"));
  EXPECT_NE(key_of("m.e@example.org"), key_of("me@example.org"));
  // UTS #46 as browsers and mailers have it today: ß is a letter of its own in domains.
  EXPECT_EQ(key_of("a@faß.example"), "a@xn--fa-hia.example");
  EXPECT_NE(key_of("a@faß.example"), key_of("a@fass.example"));
  // A Cyrillic а looks like a Latin one and is another.
  EXPECT_NE(key_of("\u0430dmin@example.org"), key_of("admin@example.org"));
}

TEST(Email, NothingIsRequiredProblem) {
  for (const char* text : {"", " ", "\u3000", "\r\n"}) expect_refused(text, Code::required);
}

TEST(Email, FoldingMakesNoPunctuation) {
  for (const char* text :
       {"me＠evil.example@example.org", "a．b@example.org", "a\u2024b@example.org", "a\u2026b@example.org",
        "a\u2025@example.org", "a\uFE52b@example.org", "a\uFE6Bb@example.org", "me＠example.org",
        "a@b＠example.org", "\uFF02a\uFF02@example.org", "a\u037Eb@example.org", "a⒈b@example.org",
        "\u2474@example.org"}) {
    expect_refused(text);
  }
}

TEST(Email, LocalPartIsADotAtom) {
  for (const char* text : {"@example.org",
                           ".a@example.org",
                           "a.@example.org",
                           "a..b@example.org",
                           "a@b@example.org",
                           "\"a b\"@example.org",
                           "\"a\"@example.org",
                           "a\\@example.org",
                           "(c)a@example.org",
                           "a,b@example.org",
                           "<a@example.org>",
                           "Zoe<a@example.org>",
                           "a:b@example.org",
                           "mailto:a@example.org",
                           "[a]@example.org",
                           "a;b@example.org",
                           "a",
                           "@",
                           "a@",
                           "\u0301a@example.org",
                           "a.\u0301b@example.org"}) {
    if (std::string_view(text) == "\"a b\"@example.org") {
      expect_refused(text, Code::forbidden_character);
    } else {
      expect_refused(text);
    }
  }
}

TEST(Email, DomainIsOneOfAMailbox) {
  for (const char* text : {"a@localhost",
                           "a@com",
                           "a@example.org.",
                           "a@.example.org",
                           "a@example..org",
                           "a@-example.org",
                           "a@example-.org",
                           "a@exa_mple.org",
                           "a@[192.0.2.1]",
                           "a@[IPv6:2001:db8::1]",
                           "a@192.0.2.1",
                           "a@example.123",
                           "a@example.org:25",
                           "a@ex*mple.org",
                           "a@example.org/x",
                           "a@xn--.example",
                           "a@xn--a.example",
                           "a@xn--bcher-kva-.example",
                           "a@ab--cd.example",
                           "a@exa\u0338mple.org@",
                           "a@\u0301example.org",
                           "a@例子",
                           "a@例子。",
                           "a@א1a.example",
                           "a@例-.example",
                           "a@ex\u2488ample.org",
                           "a@xn--zn7c.com",
                           "a@example.１２３"}) {
    expect_refused(text);
  }
}

TEST(Email, AnALabelThatHidesAsciiMakesNoSecondKey) {
  for (const char* text : {"a@xn--example-.org", "a@xn--bcher-KVA.example", "a@xn--B-cher-kva.example"}) {
    auto address = parse_email(text);
    if (!address) continue;
    auto again = parse_email(address->key);
    ASSERT_TRUE(again) << address->key;
    EXPECT_EQ(again->key, address->key);
  }
}

TEST(Email, InvisibleAndReorderingCharactersAreForbidden) {
  for (const char* c : {" ",      "\t",     "\n",     "\r\n",   "\x01",   "\x7F",   "\u0085", "\u00A0",
                        "\u00AD", "\u200B", "\u200D", "\u200E", "\u202E", "\u2066", "\u2028", "\u2060",
                        "\uFEFF", "\uFE0F", "\u3164", "\u034F", "\uE000", "\u0378", "\uFFFE", "\U000E0041"}) {
    expect_refused(std::string("a") + c + "b@example.org", Code::forbidden_character);
    if (std::string_view(c) != "\u200D") {
      expect_refused(std::string("a@exa") + c + "mple.org", Code::forbidden_character);
    }
  }
  expect_refused(std::string_view("a\0@example.org", 14), Code::forbidden_character);
  expect_refused("a@example.org\r\nBcc: everyone@example.org", Code::forbidden_character);
  // A joiner where it changes nothing is UTS #46's to refuse; where it is spelling, it stays.
  expect_refused("a@exa\u200Dmple.org");
  EXPECT_EQ(key_of("a@نامه\u200Cای.com"), "a@xn--mgba3gch31f060k.com");
}

TEST(Email, IsUtf8) {
  for (const char* text :
       {"\xFF@example.org", "a@ex\xC3mple.org", "\xC0\xAE@example.org", "\xED\xA0\x80@example.org"}) {
    expect_refused(text);
  }
}

TEST(Email, LengthsAreThoseOfSmtp) {
  std::string local(64, 'l');
  EXPECT_EQ(key_of(local + "@example.org"), local + "@example.org");
  expect_refused(local + "l@example.org", Code::too_long);
  expect_refused(repeat("é", 33) + "@example.org", Code::too_long);
  EXPECT_TRUE(parse_email(local + "@" + domain_of(189)));
  expect_refused(local + "@" + domain_of(190), Code::too_long);
  expect_refused("a@" + std::string(64, 'd') + ".example");
  EXPECT_TRUE(parse_email("a@" + std::string(63, 'd') + ".example"));
  // Short as it is written, too long for DNS.
  expect_refused("a@" + repeat("ü", 62) + ".example");
  expect_refused("a" + repeat("\u0301\u0316", 1'000'000) + "@example.org", Code::too_long);
}

TEST(Email, TheKeyIsAnAddressWithTheSameKey) {
  for (const char* text : {"Zoe@EXAMPLE.org", "MÜLLER@BÜCHER.example", "ﬁsh@example.org",
                           "Straße@faß.example", "ΣΊΣΥΦΟΣ@example.org", "İ@example.org", "用户@例子.广告"}) {
    EXPECT_EQ(key_of(key_of(text)), key_of(text));
  }
}

}  // namespace
}  // namespace byline
