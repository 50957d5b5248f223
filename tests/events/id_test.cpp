#include "events/id.hpp"

#include <gtest/gtest.h>

#include <cctype>
#include <unordered_set>

#include "support/ids.hpp"
#include "support/printing.hpp"

namespace byline::test {
namespace {

constexpr std::string_view kText = "01890a5d-ac96-774b-bcce-b302099a8057";

TEST(Id, IsWrittenAsALowerCaseUuid) {
  RoleId id;
  id.bytes = {0x01, 0x89, 0x0a, 0x5d, 0xac, 0x96, 0x77, 0x4b, 0xbc, 0xce, 0xb3, 0x02, 0x09, 0x9a, 0x80, 0x57};
  EXPECT_EQ(to_string(id), kText);
  EXPECT_EQ(to_string(RoleId{}), "00000000-0000-0000-0000-000000000000");
}

TEST(Id, IsReadInEitherCase) {
  auto id = parse_id<AccountId>(kText);
  ASSERT_TRUE(id);
  EXPECT_EQ(to_string(*id), kText);
  EXPECT_EQ(parse_id<AccountId>("01890A5D-AC96-774B-BCCE-B302099A8057"), id);
}

TEST(Id, AnythingButTheThirtySixCharactersIsRefused) {
  for (std::string_view text :
       {"", "0", "01890a5dac96774bbcceb302099a8057", "{01890a5d-ac96-774b-bcce-b302099a8057}",
        "01890a5d-ac96-774b-bcce-b302099a805", "01890a5d-ac96-774b-bcce-b302099a80577",
        " 01890a5d-ac96-774b-bcce-b302099a8057", "01890a5d-ac96-774b-bcce-b302099a805 ",
        "01890a5dxac96-774b-bcce-b302099a8057", "01890a5d-ac96-774b-bcce-b302099a805g",
        "0189-0a5dac96-774b-bcce-b302099a8057", "01890a5d-ac96-774b-bcceb-302099a8057",
        "-1890a5d-ac96-774b-bcce-b302099a8057", "01890a5d-ac96-774b-bcce-b302099a80é"}) {
    EXPECT_FALSE(parse_id<AccountId>(text)) << text;
  }
  EXPECT_FALSE(parse_id<AccountId>(std::string(36, '\0')));
  EXPECT_FALSE(parse_id<AccountId>(std::string(36, '-')));
}

TEST(Id, EveryCharacterIsADigitOrRefusedInEveryPlace) {
  for (std::size_t place = 0; place < kText.size(); ++place) {
    if (kText[place] == '-') continue;
    for (int c = 0; c < 256; ++c) {
      std::string text(kText);
      text[place] = static_cast<char>(c);
      auto id = parse_id<RecordId>(text);
      ASSERT_EQ(id.has_value(), c < 128 && std::isxdigit(c) != 0) << text;
      if (id) {
        EXPECT_EQ(to_string(*id)[place], std::tolower(c));
      }
    }
  }
}

TEST(Id, EveryByteSurvivesTextAndKeyForm) {
  for (int byte = 0; byte < 256; ++byte) {
    RecordId id;
    for (std::size_t i = 0; i < id.bytes.size(); ++i) id.bytes[i] = static_cast<std::uint8_t>(byte + 31 * i);
    EXPECT_EQ(parse_id<RecordId>(to_string(id)), id);
    EXPECT_EQ(id_from_bytes<RecordId>(id.view()), id);
  }
}

TEST(Id, SortsInTextAsInBytes) {
  auto early = literal_id<EventId>("01890a5d-ac96-774b-bcce-b302099a8057");
  auto late = literal_id<EventId>("01890a5d-ac97-7000-8000-000000000000");
  EXPECT_LT(early, late);
  EXPECT_LT(early.view(), late.view());
  EXPECT_LT(to_string(early), to_string(late));
}

TEST(Id, TheSystemAccountIsTheNilUuid) {
  EXPECT_TRUE(kSystemAccount.is_nil());
  EXPECT_FALSE(numbered_id<AccountId>(1).is_nil());
}

TEST(Id, HashesApartWhereIdsDiffer) {
  std::unordered_set<AccountId> ids;
  std::unordered_set<std::size_t> hashes;
  for (std::uint64_t i = 0; i < 1'000; ++i) {
    ids.insert(numbered_id<AccountId>(i));
    hashes.insert(std::hash<AccountId>{}(numbered_id<AccountId>(i)));
  }
  EXPECT_EQ(ids.size(), 1'000U);
  EXPECT_EQ(hashes.size(), 1'000U);
}

}  // namespace
}  // namespace byline::test
