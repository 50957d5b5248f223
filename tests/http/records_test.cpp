#include "support/service_suite.hpp"

namespace byline::test {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

class Records : public ServiceSuite {
 protected:
  Records() : intake_(caller({"intake_supervisor"})) {}
  HttpClient& intake() { return *intake_.http; }
  std::string report(const json& attributes) {
    return must(intake().post("/intake/reports", document("reports", attributes)), 201)["data"]["id"];
  }
  Reply change(const std::string& id, const json& attributes) {
    return intake().patch("/intake/reports/" + id, document("reports", attributes, id));
  }

 private:
  Caller intake_;
};

TEST_F(Records, OneIsCreatedReadChangedAndDeleted) {
  auto made =
      intake().post("/intake/reports", document("reports", {{"summary", "Call at night"}, {"urgent", true}}));
  ASSERT_EQ(made.status, 201) << made.body;
  auto data = made.json()["data"];
  auto path = "/intake/reports/" + data["id"].get<std::string>();
  EXPECT_EQ(data["type"], "reports");
  EXPECT_EQ(made.header("location"), path);
  EXPECT_EQ(intake().get(path).json()["data"], data);

  auto changed = change(data["id"], {{"urgent", false}, {"ward", "north"}});
  ASSERT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(attributes_of(changed)["summary"], "Call at night");
  EXPECT_EQ(attributes_of(changed)["urgent"], false);
  EXPECT_EQ(attributes_of(changed)["ward"], "north");
  EXPECT_EQ(intake().get(path).json()["data"], changed.json()["data"]);

  EXPECT_EQ(intake().remove(path).status, 204);
  EXPECT_EQ(intake().get(path).status, 404);
  EXPECT_EQ(intake().remove(path).status, 404);
  EXPECT_EQ(change(data["id"], {{"a", 1}}).status, 404);
}

TEST_F(Records, EveryCollectionOfTheFieldIsServed) {
  auto all = caller({"engage_supervisor", "intake_supervisor", "provider_supervisor"});
  const std::vector<std::pair<std::string, std::string>> collections = {
      {"people", "people"},       {"cases", "cases"},       {"intake", "reports"},
      {"providers", "providers"}, {"services", "services"}, {"attachments", "notes"}};
  for (const auto& [service, type] : collections) {
    auto path = "/" + service + "/" + type;
    auto made = all.http->post(path, document(type, {{"label", "first"}}));
    EXPECT_EQ(made.status, 201) << path << made.body;
    EXPECT_EQ(made.json()["data"]["type"], type);
    EXPECT_THAT(values_of(all.http->get(path + "?filter[label]=first"), "label"), ElementsAre("first"));
  }
}

TEST_F(Records, OtherCollectionsAreNotThere) {
  for (const char* path : {"/people/cases", "/intake/people", "/nothing/at-all"}) {
    EXPECT_EQ(intake().get(path).codes(), "not_found");
    EXPECT_EQ(intake().post(path, document("reports", json::object())).codes(), "not_found");
  }
}

TEST_F(Records, ARecordIsFoundInItsOwnCollectionOnly) {
  auto id = report({{"summary", "x"}});
  EXPECT_EQ(intake().get("/people/people/" + id).status, 404);
  EXPECT_EQ(intake().patch("/people/people/" + id, document("people", {{"a", 1}}, id)).status, 404);
  EXPECT_EQ(intake().remove("/people/people/" + id).status, 404);
}

TEST_F(Records, ACallersJsonComesBackAsItWasSent) {
  const std::string attributes =
      R"({"z":1,"a":[1,"two",null,{"deep":[[]]}],"price":12.50,"big":12345678901234567890123,"tiny":1e-400,)"
      R"("empty":{},"text":"Zoë \"quoted\" \\ \u0000 👩‍👩‍👧 مرحبا","":"no name","a/b~c":true,"null":null})";
  auto made = intake().send("POST", "/intake/reports",
                            R"({"data":{"type":"reports","attributes":)" + attributes + "}}",
                            {{"Content-Type", "application/vnd.api+json"}});
  ASSERT_EQ(made.status, 201) << made.body;
  auto inside = attributes.substr(1, attributes.size() - 2);
  EXPECT_THAT(made.body, HasSubstr(inside));
  EXPECT_THAT(intake().get(made.header("location")).body, HasSubstr(inside));
}

TEST_F(Records, AChangeKeepsWhatItDoesNotNameAndNumbersToTheLastDigit) {
  auto made =
      intake().send("POST", "/intake/reports",
                    R"({"data":{"type":"reports","attributes":{"big":12345678901234567890123,"n":1}}})",
                    {{"Content-Type", "application/vnd.api+json"}});
  auto id = must(made, 201)["data"]["id"].get<std::string>();
  EXPECT_THAT(change(id, {{"n", nullptr}}).body, HasSubstr(R"("big":12345678901234567890123,"n":null)"));
}

TEST_F(Records, NestedValuesAreReplacedAsAWhole) {
  auto id = report({{"place", {{"street", "Elm"}, {"town", "Lee"}}}, {"tags", {"a", "b"}}});
  auto after = attributes_of(change(id, {{"place", {{"street", "Oak"}}}, {"tags", {"c"}}}));
  EXPECT_EQ(after["place"], json({{"street", "Oak"}}));
  EXPECT_EQ(after["tags"], json({"c"}));
}

TEST_F(Records, AttributesMayBeLeftOut) {
  auto made = intake().post("/intake/reports", json{{"data", {{"type", "reports"}}}});
  ASSERT_EQ(made.status, 201) << made.body;
  auto id = made.json()["data"]["id"].get<std::string>();
  auto same = intake().patch("/intake/reports/" + id, json{{"data", {{"type", "reports"}, {"id", id}}}});
  EXPECT_EQ(same.status, 200) << same.body;
  EXPECT_EQ(same.header("etag"), made.header("etag"));
}

TEST_F(Records, SizeIsBoundedOnCreationAndOverChanges) {
  std::string large(200 * 1024, 'x');
  auto id = report({{"first", large}});
  auto grown = change(id, {{"second", large}});
  EXPECT_EQ(grown.status, 422);
  EXPECT_EQ(grown.places(), "/data/attributes too_large");
  auto made = intake().post("/intake/reports", document("reports", {{"first", large}, {"second", large}}));
  EXPECT_EQ(made.places(), "/data/attributes too_large");
  EXPECT_EQ(change(id, {{"first", nullptr}, {"second", large}}).status, 200);
}

TEST_F(Records, DepthIsBounded) {
  auto nested = [this](int levels) {
    std::string value(static_cast<std::size_t>(levels - 1), '[');
    value += std::string(static_cast<std::size_t>(levels - 1), ']');
    if (value.empty()) value = "1";
    return intake().send("POST", "/intake/reports",
                         R"({"data":{"type":"reports","attributes":{"deep":)" + value + "}}}",
                         {{"Content-Type", "application/vnd.api+json"}});
  };
  EXPECT_EQ(nested(33).status, 201);  // a value in 32 lists
  EXPECT_EQ(nested(34).places(), "/data/attributes too_deep");
  EXPECT_EQ(nested(200).status, 400);
  EXPECT_EQ(nested(100'000).status, 400);
}

TEST_F(Records, WhatJsonApiReservesCannotBeAnAttribute) {
  auto refused =
      intake().post("/intake/reports", document("reports", {{"id", "1"}, {"type", "x"}, {"links", {}}}));
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(
      refused.places(),
      "/data/attributes/id read_only; /data/attributes/type read_only; /data/attributes/links read_only");
}

TEST_F(Records, ACaseNeedsEngageAndPeople) {
  auto engage_only = caller_with({{"engage", {{"create", "all"}, {"view", "all"}}}});
  auto refused = engage_only.http->post("/cases/cases", document("cases", {{"a", 1}}));
  EXPECT_EQ(refused.status, 403);
  EXPECT_THAT(refused.body, HasSubstr("people:create"));
  EXPECT_EQ(engage_only.http->get("/cases/cases").status, 403);
  auto both = caller_with(
      {{"engage", {{"create", "all"}, {"view", "all"}}}, {"people", {{"create", "all"}, {"view", "all"}}}});
  EXPECT_EQ(both.http->post("/cases/cases", document("cases", {{"a", 1}})).status, 201);
  EXPECT_EQ(both.http->get("/cases/cases").status, 200);
}

TEST_F(Records, WhoMaySeeTheirAssignmentsOnlySeesNoneOfTheOthers) {
  auto worker = caller({"engage_worker"});
  auto made = must(worker.http->post("/cases/cases", document("cases", {{"a", 1}})), 201);
  auto path = "/cases/cases/" + made["data"]["id"].get<std::string>();
  EXPECT_THAT(ids_of(worker.http->get("/cases/cases")), testing::IsEmpty());
  EXPECT_EQ(worker.http->get(path).status, 404);
  EXPECT_EQ(worker.http->patch(path, document("cases", {{"a", 2}}, made["data"]["id"])).status, 404);
  EXPECT_EQ(worker.http->remove(path).codes(), "not_found");
}

}  // namespace
}  // namespace byline::test
