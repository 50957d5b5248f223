// How events in forms of the past are lifted: fields and types that were renamed, split and merged, over
// several forms. The bytes are what imagined early releases would have left.

#include "events/upcast.hpp"

#include <gmock/gmock.h>

#include "events/codec.hpp"
#include "support/printing.hpp"
#include "support/replaced.hpp"

namespace byline::test {
namespace {

using ::testing::HasSubstr;

// In the beginning an application was Painted with a label …
const std::string kPainted =
    R"({"position":7,"commit":{"first":7,"count":1},"id":"01900000-0000-7000-8000-000000000007",)"
    R"("type":"ApplicationPainted","schema":1,)"
    R"("subject":{"kind":"application","id":"01890a5d-ac96-774b-bcce-b302099a8005"},"version":2,)"
    R"("organization":"01890a5d-ac96-774b-bcce-b302099a8000","actor":"01890a5d-ac96-774b-bcce-b302099a8001",)"
    R"("at":"2026-03-01T08:15:37.000125Z","command":"01900000-0000-7000-8000-000000000006",)"
    R"("data":{"label":"Import","shade":"dark"}})";
// … then with a caption of two parts …
const std::string kPaintedInTwoParts =
    replaced(replaced(kPainted, R"("schema":1)", R"("schema":2)"), R"({"label":"Import","shade":"dark"})",
             R"({"first":"Nightly","second":"Import"})");
// … and now it is renamed. A page, when there were pages, was a link or a text.
const std::string kLinkPage =
    replaced(replaced(kPainted, "ApplicationPainted", "ApplicationPageChanged"),
             R"({"label":"Import","shade":"dark"})", R"({"page":"https://example.org/import"})");
const std::string kTextPage =
    replaced(kLinkPage, "https://example.org/import", "Imports the cases of the day");

void label_to_two_parts(EarlierForm& form) {
  form.schema = 2;
  take_field(form, "shade");  // nobody needs it any more
  if (auto label = take_field(form, "label"); !label.empty()) {
    put_field(form, "first", "\"The\"");
    put_field(form, "second", label);
  }
}
void two_parts_to_name(EarlierForm& form) {
  form.type = "ApplicationRenamed";
  form.schema = 1;
  auto first = take_field(form, "first"), second = take_field(form, "second");
  if (!first.empty()) put_field(form, "name", first.substr(0, first.size() - 1) + " " + second.substr(1));
}
void page_to_link_or_text(EarlierForm& form) {
  bool is_link = std::ranges::any_of(form.fields, [](const auto& field) {
    return field.first == "page" && field.second.starts_with("\"https://");
  });
  form.type = is_link ? "ApplicationUrlChanged" : "ApplicationDescriptionChanged";
  rename_field(form, "page", is_link ? "url" : "description");
}
constexpr Upcaster kUpcasters[] = {{"ApplicationPainted", 1, label_to_two_parts},
                                   {"ApplicationPainted", 2, two_parts_to_name},
                                   {"ApplicationPageChanged", 1, page_to_link_or_text}};

/// Opens every seal, of which there are the fields as they were sealed.
struct Opener final : FieldOpener {
  SealState open(const DataOwner&, const EventId&, std::string_view sealed,
                 std::string& fields) const override {
    if (sealed == "erased") return SealState::erased;
    fields = R"({"label":"Import"})";
    return SealState::open;
  }
};

Event event_of(const std::string& bytes, const FieldOpener* opener = nullptr) {
  auto entry = decode(bytes, opener, kUpcasters);
  if (!entry) throw std::runtime_error(entry.error().reason);
  return entry->event;
}

TEST(Upcast, OneFormAfterTheOther) {
  EXPECT_EQ(event_of(kPainted), Event(ApplicationRenamed{"The Import"}));
  EXPECT_EQ(event_of(kPaintedInTwoParts), Event(ApplicationRenamed{"Nightly Import"}));
}

TEST(Upcast, OneTypeBecomesSeveralByWhatItSays) {
  EXPECT_EQ(event_of(kLinkPage), Event(ApplicationUrlChanged{"https://example.org/import"}));
  EXPECT_EQ(event_of(kTextPage), Event(ApplicationDescriptionChanged{"Imports the cases of the day"}));
}

TEST(Upcast, WhatElseTheEntrySaysStays) {
  auto lifted = decode(kPainted, nullptr, kUpcasters).value();
  auto same = decode(replaced(replaced(kPainted, "ApplicationPainted", "ApplicationRenamed"),
                              R"({"label":"Import","shade":"dark"})", R"({"name":"The Import"})"))
                  .value();
  EXPECT_EQ(lifted, same);
}

TEST(Upcast, MembersInAnotherOrderMakeNoDifference) {
  auto data = R"("data":{"label":"Import","shade":"dark"})";
  auto early = replaced(replaced(kPainted, std::string(",") + data, ""), "{\"position\"",
                        std::string("{") + data + ",\"position\"");
  EXPECT_EQ(event_of(early), Event(ApplicationRenamed{"The Import"}));
}

TEST(Upcast, SealedFieldsAreLiftedApart) {
  auto sealed = replaced(kPainted, R"("data":{"label":"Import","shade":"dark"})",
                         R"("sealed":"c2VhbA","data":{"shade":"dark"})");
  Opener opener;
  EXPECT_EQ(event_of(sealed, &opener), Event(ApplicationRenamed{"The Import"}));
  auto locked = decode(sealed, nullptr, kUpcasters).value();
  EXPECT_EQ(locked.seal, SealState::locked);
  EXPECT_TRUE(std::holds_alternative<ApplicationRenamed>(locked.event));
  auto erased = decode(replaced(sealed, "c2VhbA", "erased"), &opener, kUpcasters).value();
  EXPECT_EQ(erased.seal, SealState::erased);
}

TEST(Upcast, WithoutThemTheFormIsUnknown) {
  auto refused = decode(kPainted);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, DecodeError::Kind::unknown_type);
}

TEST(Upcast, FieldsThatDoNotFitAreDamage) {
  auto refused = decode(replaced(kPainted, R"("label":"Import")", R"("label":17)"), nullptr, kUpcasters);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, DecodeError::Kind::malformed);
  EXPECT_FALSE(decode(replaced(kPainted, R"({"label":"Import","shade":"dark"})", "[]"), nullptr, kUpcasters));
}

TEST(Upcast, ACircleIsAnError) {
  const Upcaster circle[] = {{"A", 1, [](EarlierForm& form) { form.type = "B"; }},
                             {"B", 1, [](EarlierForm& form) { form.type = "A"; }}};
  EarlierForm form{"A", 1, {}};
  EXPECT_THROW(lift(circle, form), std::logic_error);
}

TEST(Upcast, ThoseOfThisReleaseTakeFormsThatItDoesNotWrite) {
  for (const auto& each : upcasters()) {
    EarlierForm form{std::string(each.type), each.schema, {}};
    lift(upcasters(), form);
    EXPECT_FALSE(form.type == each.type && form.schema == each.schema) << each.type;
  }
}

}  // namespace
}  // namespace byline::test
