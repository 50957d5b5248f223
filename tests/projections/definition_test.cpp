// Definitions of views: what is right, and what is refused with which sentence.

#include "projections/definition.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "projections/declared.hpp"
#include "projections/view_set.hpp"

namespace byline {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;

json good() {
  return json::parse(R"({"name":"registrations-per-actor","description":"Who lets in how many",
    "events":["ApplicationRegistered","ApplicationDeleted"],"key":["/actor"],
    "columns":{"count":{"count":true},"last_at":{"last":"/at"}}})");
}
/// The error of a definition that is changed in one member.
std::string refusal(const std::string& member, const json& value) {
  auto changed = good();
  changed[member] = value;
  auto parsed = parse_definitions(json::array({changed}).dump());
  return parsed ? "(taken)" : parsed.error();
}
std::string without(const std::string& member) {
  auto changed = good();
  changed.erase(member);
  auto parsed = parse_definitions(json::array({changed}).dump());
  return parsed ? "(taken)" : parsed.error();
}
const std::string kBegin = "The projection \"registrations-per-actor\" cannot be used: ";

TEST(Definition, IsReadAndWrittenTheSame) {
  auto parsed = parse_definitions(json::array({good()}).dump());
  ASSERT_TRUE(parsed) << parsed.error();
  const auto& definition = parsed->front();
  EXPECT_EQ(definition.name, "registrations-per-actor");
  EXPECT_EQ(definition.key.front().name, "actor");
  EXPECT_EQ(definition.columns.at(1).name, "last_at");
  ViewSet views(*parsed);
  EXPECT_EQ(views.size(), kBuiltInViewCount + 1);
  EXPECT_EQ(views.named("registrations-per-actor"), static_cast<View>(kBuiltInViewCount));
  EXPECT_EQ(views.declared(View::audit), nullptr);
  auto again = parse_definitions(views.definitions_json());
  ASSERT_TRUE(again) << again.error();
  EXPECT_EQ(again->front().json, definition.json);
  EXPECT_TRUE(parse_definitions("[]").value().empty());
}

TEST(Definition, AnotherOneIsAnotherVersionButNotForItsDescription) {
  auto version = [](const json& definition) {
    return DeclaredProjection({}, parse_definitions(json::array({definition}).dump()).value().front())
        .version();
  };
  auto before = version(good());
  EXPECT_GT(before, 0);
  auto described = good();
  described["description"] = "Otherwise";
  EXPECT_EQ(version(described), before);
  auto keyed = good();
  keyed["key"] = {"/subject/id"};
  EXPECT_NE(version(keyed), before);
  auto narrowed = good();
  narrowed["events"] = {"ApplicationRegistered"};
  EXPECT_NE(version(narrowed), before);
}

TEST(Definition, NamesOfAttributesComeFromPointers) {
  auto made = good();
  made["events"] = {"CollectionCreated"};
  made["key"] =
      json::parse(R"(["/type","/subject/kind","/data/permissions/view",{"pointer":"/at","per":"day"}])");
  auto parsed = parse_definitions(json::array({made}).dump());
  ASSERT_TRUE(parsed) << parsed.error();
  std::vector<std::string> names;
  for (const auto& member : parsed->front().key) names.push_back(member.name);
  EXPECT_THAT(names, testing::ElementsAre("event_type", "subject_kind", "permissions_view", "day"));
}

TEST(Definition, ItsNameFollowsItsRules) {
  for (const json& name :
       {json(""), json("Upper"), json("1st"), json("a b"), json("a--b"), json("a-"), json("-a"), json("ä"),
        json("a_b"), json("../x"), json("a\nb"), json(std::string(64, 'a')), json(3), json(nullptr)}) {
    EXPECT_THAT(refusal("name", name),
                HasSubstr("The projection number 1 cannot be used: name must be made of"))
        << name;
  }
  EXPECT_EQ(refusal("name", std::string(63, 'a')), "(taken)");
  EXPECT_EQ(refusal("name", "audit"),
            "The projection \"audit\" cannot be used: name is that of a view that Byline has itself.");
  EXPECT_EQ(without("name"), "The projection number 1 cannot be used: name is missing.");
  EXPECT_EQ(parse_definitions(json::array({good(), good()}).dump()).error(),
            "The projection \"registrations-per-actor\" is defined twice.");
}

TEST(Definition, UnknownMembersAreRefused) {
  EXPECT_EQ(refusal("colums", 1), kBegin +
                                      "\"colums\" is unknown here; known are name, description, events, key, "
                                      "filter, columns.");
  EXPECT_THAT(refusal("key", json::parse(R"([{"pointer":"/at","as":"x"}])")),
              HasSubstr("key[0].\"as\" is unknown here; known are pointer, name, per."));
}

TEST(Definition, ItsEventsMustBeThereAndAnOrganizations) {
  EXPECT_EQ(without("events"), kBegin + "events is missing.");
  EXPECT_THAT(refusal("events", json::array()), HasSubstr("events must be a list of 1 to"));
  EXPECT_THAT(refusal("events", "ApplicationRegistered"), HasSubstr("events must be a list"));
  EXPECT_THAT(refusal("events", {1}), HasSubstr("events must be a list of types of events, as texts"));
  EXPECT_EQ(refusal("events", {"ApplicationFrobbed"}),
            kBegin + "events names \"ApplicationFrobbed\", which is no type of event.");
  EXPECT_EQ(refusal("events", {"RoleDeleted", "RoleDeleted"}), kBegin + "events names RoleDeleted twice.");
  for (const char* type : {"RebuildFinished", "SigningKeyCreated", "CheckpointKeyCreated"})
    EXPECT_THAT(refusal("events", {type}), HasSubstr("belongs to no organization")) << type;
}

TEST(Definition, PointersLeadToWhereEventsHaveSomething) {
  for (const json& pointer : {json("actor"), json(""), json(7)})
    EXPECT_THAT(refusal("key", json::array({pointer})), HasSubstr("key[0]")) << pointer;
  EXPECT_THAT(refusal("key", {"/at~2"}), HasSubstr("~ must be followed by 0 or 1 (RFC 6901)"));
  EXPECT_THAT(refusal("key", {"/at~"}), HasSubstr("~ must be followed by 0 or 1 (RFC 6901)"));
  for (const char* pointer : {"/", "/data", "/subject", "/Actor", "/actor/x", "/sealed"})
    EXPECT_THAT(refusal("key", {pointer}), HasSubstr("where an event has no value; it has /type")) << pointer;
  EXPECT_EQ(refusal("key", {"/data/frobs"}),
            kBegin + "key[0] names \"/data/frobs\", which none of the events has.");
  EXPECT_THAT(refusal("key", {"/data/" + std::string(kMaxPointer, 'x')}), HasSubstr("more than 256 bytes"));
}

TEST(Definition, PersonalAndHiddenFieldsCannotBeNamed) {
  for (const char* pointer : {"/data/name", "/data/email", "/data/url"}) {
    EXPECT_EQ(refusal("key", {pointer}),
              kBegin + "key[0] names \"" + pointer +
                  "\", which tells of a person in ApplicationRegistered: no projection can have it.");
  }
  EXPECT_THAT(refusal("key", {"/data/email_key"}), HasSubstr("nobody's to read"));
  auto made = good();
  made["events"] = {"RoleCreated", "UserRenamed"};  // of which one has a name that may be named
  made["columns"]["called"] = {{"last", "/data/name"}};
  EXPECT_THAT(parse_definitions(json::array({made}).dump()).error(),
              HasSubstr("tells of a person in UserRenamed"));
  made["events"] = {"ClientSecretIssued"};
  made["columns"]["called"] = {{"last", "/data/digest"}};
  EXPECT_THAT(parse_definitions(json::array({made}).dump()).error(), HasSubstr("nobody's to read"));
  made["events"] = {"RecordCreated"};
  made["columns"]["called"] = {{"last", "/data/attributes/urgency"}};
  EXPECT_THAT(parse_definitions(json::array({made}).dump()).error(),
              HasSubstr("tells of a person in RecordCreated"));
}

TEST(Definition, ItsKeyFollowsItsRules) {
  EXPECT_EQ(without("key"), kBegin + "key is missing.");
  EXPECT_THAT(refusal("key", json::array()), HasSubstr("key must be a list of 1 to 4"));
  EXPECT_THAT(refusal("key", {"/at", "/actor", "/type", "/position", "/credential"}), HasSubstr("1 to 4"));
  EXPECT_THAT(refusal("key", {"/at", "/at"}), HasSubstr("key[1] would be shown as at, as another one is"));
  EXPECT_THAT(refusal("key", json::parse(R"([{"name":"x"}])")), HasSubstr("key[0].pointer is missing"));
  EXPECT_THAT(refusal("key", json::parse(R"([{"pointer":"/at","per":"week"}])")),
              HasSubstr("key[0].per must be"));
  for (const char* name : {"id", "type", "Upper", "a-b", "_a"}) {
    EXPECT_THAT(refusal("key", json::array({{{"pointer", "/at"}, {"name", name}}})),
                AllOf(HasSubstr("would be shown as"), HasSubstr("is not id or type")))
        << name;
  }
}

TEST(Definition, ItsFilterFollowsItsRules) {
  auto filter = [](const char* text) { return refusal("filter", json::parse(text)); };
  EXPECT_EQ(filter("[]"), "(taken)");
  EXPECT_THAT(filter("{}"), HasSubstr("filter must be a list of at most 20 conditions"));
  EXPECT_THAT(filter("[1]"), HasSubstr("filter[0] must be a table"));
  EXPECT_THAT(filter(R"([{"equals":1}])"), HasSubstr("filter[0].pointer is missing"));
  EXPECT_THAT(filter(R"([{"pointer":"/at"}])"), HasSubstr("one of exists, equals, in, at_least, at_most"));
  EXPECT_THAT(filter(R"([{"pointer":"/at","equals":1,"in":[1]}])"), HasSubstr("one of exists, equals"));
  EXPECT_THAT(filter(R"([{"pointer":"/at","like":1}])"), HasSubstr("filter[0].\"like\" is unknown"));
  EXPECT_THAT(filter(R"([{"pointer":"/at","equals":1.5}])"), HasSubstr("filter[0].equals must be a text"));
  EXPECT_THAT(filter(R"([{"pointer":"/at","equals":18446744073709551615}])"),
              HasSubstr("whole number of 64 bits"));
  EXPECT_THAT(filter(R"([{"pointer":"/at","at_least":true}])"),
              HasSubstr("filter[0].at_least must be a text"));
  EXPECT_THAT(filter(R"([{"pointer":"/at","exists":1}])"),
              HasSubstr("filter[0].exists must be true or false"));
  EXPECT_THAT(filter(R"([{"pointer":"/at","in":[]}])"),
              HasSubstr("filter[0].in must be a list of 1 to 100 values"));
}

TEST(Definition, ItsColumnsFollowTheirRules) {
  auto columns = [](const char* text) { return refusal("columns", json::parse(text)); };
  EXPECT_EQ(without("columns"), kBegin + "columns is missing.");
  EXPECT_THAT(columns("{}"), HasSubstr("columns must be a table of 1 to 20 columns"));
  EXPECT_THAT(columns(R"({"a":{}})"),
              HasSubstr("columns.a must be a table with one of count, sum, min, max, first, last"));
  EXPECT_THAT(columns(R"({"a":{"sum":"/at","max":"/at"}})"),
              HasSubstr("columns.a must be a table with one of"));
  EXPECT_THAT(columns(R"({"a":{"avg":"/at"}})"), HasSubstr("columns.a.\"avg\" is unknown here"));
  EXPECT_THAT(columns(R"({"a":{"count":false}})"),
              HasSubstr("columns.a.count must be true or a JSON pointer"));
  EXPECT_THAT(columns(R"({"a":{"sum":true}})"), HasSubstr("columns.a.sum must be a JSON pointer"));
  EXPECT_THAT(columns(R"({"id":{"count":true}})"), HasSubstr("is not id or type"));
  EXPECT_THAT(columns(R"({"actor":{"count":true}})"),
              HasSubstr("columns.actor would be shown as actor, as another one is"));
  EXPECT_THAT(columns(R"({"a\nb":{"count":true}})"), HasSubstr(R"(columns."a\nb" would be shown as)"));
}

TEST(Definition, WhatNoEventCanFulfilIsRefused) {
  EXPECT_THAT(
      refusal("key", {"/data/roles"}),
      HasSubstr("key[0] names \"/data/roles\", which is never a text, a whole number, true or false"));
  EXPECT_THAT(refusal("key", {"/actor/0"}), HasSubstr("where an event has no value"));
  EXPECT_EQ(refusal("key", {"/data/roles/0"}), "(taken)");
  auto column = [](const char* text) { return refusal("columns", json::parse(text)); };
  EXPECT_THAT(column(R"({"a":{"sum":"/at"}})"),
              HasSubstr("columns.a.sum names \"/at\", which is never a whole number"));
  EXPECT_THAT(column(R"({"a":{"max":"/data/roles"}})"), HasSubstr("which is never a whole number or a text"));
  EXPECT_THAT(column(R"({"a":{"last":"/data/roles"}})"), HasSubstr("which is never a text"));
  EXPECT_EQ(column(R"({"a":{"count":"/data/roles"},"b":{"sum":"/position"},"c":{"last":"/data/roles/0"}})"),
            "(taken)");
  EXPECT_THAT(refusal("key", json::parse(R"([{"pointer":"/position","per":"day"}])")),
              HasSubstr("which is never a time"));
  auto filter = [](const char* text) { return refusal("filter", json::parse(text)); };
  EXPECT_THAT(filter(R"([{"pointer":"/position","equals":"1"}])"),
              HasSubstr("filter[0].equals is of another kind than what stands at \"/position\""));
  EXPECT_THAT(filter(R"([{"pointer":"/type","in":["RoleCreated",true]}])"),
              HasSubstr("filter[0].in is of another kind"));
  EXPECT_THAT(filter(R"([{"pointer":"/at","at_least":1}])"),
              HasSubstr("filter[0].at_least is of another kind"));
  EXPECT_EQ(filter(R"([{"pointer":"/data/roles","exists":true},{"pointer":"/data/roles/0","equals":1}])"),
            "(taken)");
}

TEST(Definition, ThereAreSoMany) {
  auto many = json::array();
  for (std::size_t i = 0; i <= kMaxProjections; ++i) {
    many.push_back(good());
    many.back()["name"] = "p" + std::to_string(i);
  }
  EXPECT_EQ(parse_definitions(many.dump()).error(), "There are 51 projections, of which there may be 50.");
  many.erase(0);
  EXPECT_EQ(parse_definitions(many.dump()).value().size(), kMaxProjections);
}

TEST(Definition, WhatIsNoListOfThemIsRefused) {
  for (const char* text : {"", "{", "{}", "null", "\"x\"", "[1", "\xFF"})
    EXPECT_EQ(parse_definitions(text).error(), "The definitions of projections are no JSON array.") << text;
  EXPECT_EQ(parse_definitions("[1]").error(), "The projection number 1 cannot be used: it must be a table.");
  EXPECT_EQ(parse_definitions(std::string(100'000, '[')).error(),
            "The definitions of projections are no JSON array.");
}

}  // namespace
}  // namespace byline
