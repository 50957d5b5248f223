// Collections: the default ones, and those an organization adds.

#include "support/service_suite.hpp"

namespace byline::test {
namespace {

using nlohmann::json;

class Collections : public ServiceSuite {
 protected:
  static json needs(const std::vector<std::string>& areas) {
    return {{"view", areas}, {"edit", areas}, {"create", areas}, {"delete", areas}};
  }
  static json collection(const std::string& name, const json& permissions, const json& schema = {}) {
    auto body =
        document("collections", {{"service", "housing"}, {"name", name}, {"permissions", permissions}});
    if (!schema.is_null()) body["data"]["attributes"]["schema"] = schema;
    return body;
  }
  json create(const json& body) { return must(admin().post("/admin/collections", body), 201); }
};

TEST_F(Collections, TheDefaultOnesAreThereWithWhatTheyAskFor) {
  auto list = must(admin().get("/admin/collections?page[size]=100"), 200)["data"];
  std::map<std::string, json> found;
  for (const auto& one : list) {
    if (one["attributes"]["default"]) found[one["id"]] = one["attributes"]["permissions"]["create"];
  }
  EXPECT_EQ(found, (std::map<std::string, json>{{"people.people", {"people"}},
                                                {"cases.cases", {"engage", "people"}},
                                                {"intake.reports", {"intake"}},
                                                {"providers.providers", {"provider_management"}},
                                                {"services.services", {"engage"}},
                                                {"attachments.notes", {"people"}}}));
  EXPECT_EQ(admin().get("/admin/collections/cases.cases").status, 200);
  auto change = document("collections", {{"permissions", needs({"people"})}}, "cases.cases");
  EXPECT_EQ(admin().patch("/admin/collections/cases.cases", change).codes(), "collection_fixed");
  EXPECT_EQ(admin().remove("/admin/collections/cases.cases").codes(), "collection_fixed");
}

TEST_F(Collections, OnesOwnHoldsRecordsAsTheOthersDo) {
  auto name = fresh("units");
  auto made = create(collection(name, needs({"provider_management"})));
  EXPECT_EQ(made["data"]["id"], "housing." + name);
  auto path = "/housing/" + name;
  auto worker = caller({"provider_worker"});
  auto unit = must(worker.http->post(path, document(name, {{"street", "Main"}})), 201);
  EXPECT_EQ(unit["data"]["type"], name);
  auto one = path + "/" + unit["data"]["id"].get<std::string>();
  EXPECT_EQ(ids_of(worker.http->get(path)).size(), 1U);
  EXPECT_EQ(caller({"intake_worker"}).http->get(path).status, 403);
  EXPECT_EQ(worker.http->remove(one).status, 403);

  auto id = made["data"]["id"].get<std::string>();
  EXPECT_EQ(admin().remove("/admin/collections/" + id).codes(), "collection_in_use");
  auto change = document("collections", {{"permissions", needs({"provider_management", "intake"})}}, id);
  must(admin().patch("/admin/collections/" + id, change), 200);
  EXPECT_EQ(worker.http->get(one).status, 403);
  EXPECT_EQ(admin().remove(one).status, 204);
  EXPECT_EQ(admin().remove("/admin/collections/" + id).status, 204);
  EXPECT_EQ(admin().get(path).status, 404);
}

TEST_F(Collections, ASchemaIsKeptByRecordsThatAreWritten) {
  auto name = fresh("units");
  json schema = {{"type", "object"},
                 {"required", {"street"}},
                 {"additionalProperties", false},
                 {"properties",
                  {{"street", {{"type", "string"}, {"minLength", 1}}},
                   {"rooms", {{"type", "integer"}, {"minimum", 1}}},
                   {"zip", {{"type", "string"}, {"pattern", "^[0-9]{5}$"}}}}}};
  create(collection(name, needs({"people"}), schema));
  auto path = "/housing/" + name;
  auto refused = admin().post(path, document(name, {{"rooms", 0.5}, {"zip", "1"}, {"more", 1}}));
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(refused.codes(), "required unknown_member invalid_type invalid_value");
  EXPECT_THAT(refused.body, testing::HasSubstr("/data/attributes/rooms"));
  auto id = must(admin().post(path, document(name, {{"street", "Main"}, {"rooms", 2}})), 201)["data"]["id"]
                .get<std::string>();
  EXPECT_EQ(admin().patch(path + "/" + id, document(name, {{"rooms", 0}}, id)).codes(), "invalid_value");
  EXPECT_EQ(admin().patch(path + "/" + id, document(name, {{"zip", "12345"}}, id)).status, 200);
  // Without it attributes are free again.
  auto free = document("collections", {{"schema", nullptr}}, "housing." + name);
  must(admin().patch("/admin/collections/housing." + name, free), 200);
  EXPECT_EQ(admin().post(path, document(name, {{"anything", 1}})).status, 201);
}

TEST_F(Collections, WhatCannotBeOneIsNamed) {
  EXPECT_EQ(admin().post("/admin/collections", collection("Units", needs({"people"}))).codes(),
            "invalid_value");
  auto reserved = collection("units", needs({"people"}));
  reserved["data"]["attributes"]["service"] = "admin";
  EXPECT_EQ(admin().post("/admin/collections", reserved).codes(), "invalid_value");
  EXPECT_EQ(admin().post("/admin/collections", collection(fresh("u"), {{"view", {"people"}}})).codes(),
            "required required required");
  EXPECT_EQ(admin().post("/admin/collections", collection(fresh("u"), needs({"frobs"}))).status, 422);
  auto bad = admin().post("/admin/collections", collection(fresh("u"), needs({"people"}), {{"$ref", "#"}}));
  EXPECT_EQ(bad.codes(), "invalid_value");
  EXPECT_THAT(bad.body, testing::HasSubstr("/data/attributes/schema/$ref"));
  auto name = fresh("units");
  create(collection(name, needs({"people"})));
  EXPECT_EQ(admin().post("/admin/collections", collection(name, needs({"people"}))).codes(),
            "collection_taken");
  auto moved = document("collections", {{"name", "elsewhere"}}, "housing." + name);
  EXPECT_EQ(admin().patch("/admin/collections/housing." + name, moved).codes(), "read_only");
}

TEST_F(Collections, ArePagedDefaultOnesFirst) {
  create(collection(fresh("units"), needs({"people"})));
  std::vector<std::string> all;
  auto next = json("/admin/collections?page[size]=2");
  while (!next.is_null()) {
    auto page = admin().get(next.get<std::string>());
    for (const auto& id : ids_of(page)) all.push_back(id);
    next = page.json()["links"]["next"];
  }
  EXPECT_EQ(all, ids_of(admin().get("/admin/collections?page[size]=100")));
  EXPECT_EQ(all[0], "people.people");
}

}  // namespace
}  // namespace byline::test
