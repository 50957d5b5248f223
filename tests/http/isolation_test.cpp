#include "support/service_suite.hpp"

namespace byline::test {
namespace {

using nlohmann::json;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kUnknown = "0198f8a0-0000-7000-8000-000000000000";

/// Two organizations in one deployment. What the other one has must look to ours like what does not exist.
class Isolation : public ServiceSuite {
 public:
  static void SetUpTestSuite() {
    ServiceSuite::SetUpTestSuite();
    service().stop();
    other_ = found(service().data(), "Lakeside Trust", "eve@example.org", {"--additional"});
    service().start();
    auto eve = service().client(other_.admin_token);
    auto application = account_document("applications", "Lakeside import", "lakeside@example.org",
                                        {role_id(*eve, "intake_worker")});
    application["data"]["attributes"]["description"] = "Lakeside only";
    there_["applications"] = must(eve->post("/admin/applications", application), 201)["data"]["id"];
    there_["users"] = other_.admin_id;
    there_["organizations"] = other_.organization_id;
    there_["roles"] =
        must(eve->post("/admin/roles", document("roles", {{"name", "Lakeside desk"},
                                                          {"permissions", {{"people", {{"view", "all"}}}}}})),
             201)["data"]["id"];
    there_["teams"] =
        must(eve->post("/admin/teams", document("teams", {{"name", "Lakeside night"}})), 201)["data"]["id"];
    json areas = {{"view", {"people"}}, {"edit", {"people"}}, {"create", {"people"}}, {"delete", {"people"}}};
    auto collection =
        document("collections", {{"service", "lakeside"}, {"name", "boats"}, {"permissions", areas}});
    there_["collections"] = must(eve->post("/admin/collections", collection), 201)["data"]["id"];
    must(eve->post("/lakeside/boats", document("boats", {{"name", "Lakeside boat"}})), 201);
    there_["people"] = must(eve->post("/people/people", document("people", {{"name", "Lakeside child"}})),
                            201)["data"]["id"];
    there_["audit-events"] =
        eve->get("/admin/audit-events?sort=-position&page[size]=1").json()["data"][0]["id"];
  }

 protected:
  static std::string path(const std::string& type) {
    return type == "people" ? "/people/people" : "/admin/" + type;
  }
  static const Founder& other() { return other_; }
  static std::string there(const std::string& type) { return there_[type].get<std::string>(); }
  std::unique_ptr<HttpClient> eve() { return service().client(other_.admin_token); }

 private:
  inline static Founder other_;
  inline static json there_;
};

TEST_F(Isolation, AForeignIdIsNotFoundAndAnswersAsAnUnknownOneDoes) {
  for (const char* type : {"applications", "users", "roles", "teams", "organizations", "people"}) {
    auto foreign = path(type) + "/" + there(type);
    auto unknown = path(type) + "/" + kUnknown;
    auto change = [&](const std::string& id) { return document(type, {{"name", "Ours now"}}, id); };
    EXPECT_EQ(admin().get(foreign).status, 404) << type;
    EXPECT_EQ(admin().get(foreign).body, admin().get(unknown).body) << type;
    auto patched = admin().patch(foreign, change(there(type)));
    EXPECT_EQ(patched.status, 404) << type << patched.body;
    EXPECT_EQ(patched.body, admin().patch(unknown, change(kUnknown)).body) << type;
    auto stale = admin().patch(foreign, change(there(type)), {{"If-Match", "\"9\""}});
    EXPECT_EQ(stale.status, 404) << type;
    if (type == std::string("organizations")) continue;
    auto deleted = admin().remove(foreign);
    EXPECT_EQ(deleted.status, 404) << type;
    EXPECT_EQ(deleted.body, admin().remove(unknown).body) << type;
  }
  EXPECT_EQ(admin().get("/admin/audit-events/" + there("audit-events")).codes(), "not_found");
  EXPECT_EQ(attributes_of(eve()->get("/people/people/" + there("people")))["name"], "Lakeside child");
}

TEST_F(Isolation, ListsShowOnesOwnOnly) {
  must(admin().post("/people/people", document("people", {{"name", "Harbor child"}})), 201);
  registered();
  for (const char* type : {"applications", "users", "roles", "teams", "collections", "organizations",
                           "people", "audit-events"}) {
    auto list = admin().get(path(type) + "?page[size]=100");
    EXPECT_EQ(list.status, 200) << type;
    EXPECT_THAT(list.body, Not(HasSubstr("Lakeside"))) << type;
    EXPECT_THAT(ids_of(list), Not(Contains(there(type)))) << type;
    auto theirs = eve()->get(path(type) + "?page[size]=100");
    EXPECT_THAT(theirs.body, Not(HasSubstr("Harbor"))) << type;
    EXPECT_THAT(ids_of(theirs), Contains(there(type))) << type;
  }
}

TEST_F(Isolation, FiltersByForeignIdsFindNothing) {
  auto nothing = [this](const std::string& query) {
    auto reply = admin().get(query);
    EXPECT_THAT(ids_of(reply), IsEmpty()) << query;
  };
  for (const char* type : {"applications", "users", "roles", "teams", "organizations", "people"}) {
    nothing(path(type) + "?filter[id]=" + there(type));
  }
  nothing("/admin/applications?filter[email]=lakeside@example.org");
  nothing("/admin/applications?filter[roles]=" + there("roles"));
  nothing("/admin/users?filter[roles]=" + there("roles"));
  nothing("/people/people?filter[created_by_account]=" + other().admin_id);
  nothing("/admin/audit-events?filter[subject]=" + there("applications"));
  nothing("/admin/audit-events?filter[actor]=" + other().admin_id);
  nothing("/admin/audit-events?filter[position]=" + there("audit-events"));
}

TEST_F(Isolation, AForeignRoleIsAsUnknownAsOneThatIsNotThere) {
  auto with = [&](const std::string& id) {
    return admin().post("/admin/applications", account_document("applications", "X", fresh_email(), {id}));
  };
  auto foreign = with(there("roles"));
  EXPECT_EQ(foreign.status, 404);
  EXPECT_EQ(foreign.places(), "/data/relationships/roles/data/0 unknown_role");
  EXPECT_EQ(foreign.body, with(kUnknown).body);

  auto id = registered().id;
  auto give = [&](const std::string& given) {
    return admin().patch("/admin/applications/" + id,
                         with_roles(document("applications", json::object(), id), {given}));
  };
  EXPECT_EQ(give(there("roles")).status, 404);
  EXPECT_EQ(give(there("roles")).body, give(kUnknown).body);
}

TEST_F(Isolation, IncludesShowOnesOwnOnly) {
  must(admin().post("/people/people", document("people", {{"name", "Harbor child"}})), 201);
  auto page = admin().get("/people/people?include=created_by_account,last_updated_by_account&page[size]=100");
  EXPECT_THAT(page.body, Not(HasSubstr(other().admin_id)));
  auto applications = admin().get("/admin/applications?include=roles&page[size]=100");
  EXPECT_THAT(applications.body, Not(HasSubstr("Lakeside")));
}

TEST_F(Isolation, AnAddressIsUniqueOverAllOrganizationsAndTheRefusalNamesNobody) {
  auto refused = admin().post("/admin/applications", application_document("X", "LAKESIDE@example.org"));
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(refused.codes(), "email_taken");
  EXPECT_THAT(refused.body, Not(HasSubstr("Lakeside")));
  EXPECT_THAT(refused.body, Not(HasSubstr(there("applications"))));
  auto as_user = eve()->post(
      "/admin/users", account_document("users", "X", "ada@example.org", {role_id(*eve(), "intake_worker")}));
  EXPECT_EQ(as_user.codes(), "email_taken");
}

TEST_F(Isolation, NamesOfRolesAndLookalikesStopAtTheBorder) {
  EXPECT_EQ(admin()
                .post("/admin/roles", document("roles", {{"name", "Lakeside desk"},
                                                         {"permissions", {{"people", {{"view", "all"}}}}}}))
                .status,
            201);
  auto alike =
      must(admin().post("/admin/applications", application_document("Lakeside import", fresh_email())), 201);
  EXPECT_FALSE(alike["meta"].contains("warnings"));
  must(admin().remove("/admin/applications/" + alike["data"]["id"].get<std::string>()), 204);
  auto roles = admin().get("/admin/roles?filter[name]=Lakeside%20desk").json()["data"];
  must(admin().remove("/admin/roles/" + roles[0]["id"].get<std::string>()), 204);
}

TEST_F(Isolation, ForeignCursorsAreRefused) {
  for (const char* list : {"/admin/roles?page[size]=2", "/admin/roles?page[size]=2&sort=name",
                           "/admin/audit-events?page[size]=2"}) {
    auto next = must(eve()->get(list), 200)["links"]["next"].get<std::string>();
    EXPECT_EQ(eve()->get(next).status, 200);
    auto crossed = admin().get(next);
    EXPECT_EQ(crossed.status, 400) << list;
    EXPECT_EQ(crossed.codes(), "invalid_cursor") << list;
  }
}

TEST_F(Isolation, TheSameIdempotencyKeyMeansTwoThings) {
  const Headers key = {{"Idempotency-Key", "shared"}};
  auto ours = must(admin().post("/people/people", document("people", {{"name", "Any child"}}), key), 201);
  auto theirs = must(eve()->post("/people/people", document("people", {{"name", "Any child"}}), key), 201);
  EXPECT_NE(ours["data"]["id"], theirs["data"]["id"]);
  must(eve()->remove("/people/people/" + theirs["data"]["id"].get<std::string>()), 204);
}

TEST_F(Isolation, ThePlanOfOneDoesNotTouchTheOther) {
  auto worker = caller();
  auto plan = [&](const char* name) {
    must(eve()->patch("/admin/organizations/" + other().organization_id,
                      document("organizations", {{"plan", name}}, other().organization_id)),
         200);
  };
  plan("standard");
  EXPECT_EQ(worker.http->get("/people/people").status, 200);
  plan("enterprise");
}

TEST_F(Isolation, ACollectionOfTheOthersIsNoneHere) {
  EXPECT_EQ(admin().get("/admin/collections/" + there("collections")).status, 404);
  EXPECT_EQ(admin().get("/lakeside/boats").status, 404);
  EXPECT_EQ(admin().post("/lakeside/boats", document("boats", {{"a", 1}})).status, 404);
  EXPECT_EQ(admin().remove("/admin/collections/" + there("collections")).status, 404);
  auto change = document("collections", {{"schema", nullptr}}, there("collections"));
  EXPECT_EQ(admin().patch("/admin/collections/" + there("collections"), change).status, 404);
}

TEST_F(Isolation, NobodyOfTheOthersIsAssignedListedOrAMember) {
  auto report = document("reports", {{"a", 1}});
  report["data"]["relationships"]["assignee"]["data"] = {{"type", "accounts"}, {"id", there("users")}};
  EXPECT_EQ(admin().post("/intake/reports", report).codes(), "unknown_account");
  report = document("reports", {{"a", 1}});
  report["data"]["relationships"]["access_list"]["data"] = identifiers("teams", {there("teams")});
  EXPECT_EQ(admin().post("/intake/reports", report).codes(), "unknown_team");
  auto team = document("teams", {{"name", fresh("Team")}});
  team["data"]["relationships"]["members"]["data"] = identifiers("accounts", {there("applications")});
  EXPECT_EQ(admin().post("/admin/teams", team).codes(), "unknown_account");
  auto role = document("roles", {{"name", fresh("Role")}});
  role["data"]["relationships"]["copied_from"]["data"] = {{"type", "roles"}, {"id", there("roles")}};
  EXPECT_EQ(admin().post("/admin/roles", role).codes(), "unknown_role");
}

TEST_F(Isolation, QuestionsAboutTheOthersFindNothing) {
  auto ask = [&](const std::string& path, const json& question) {
    return must(
        admin().send("POST", "/access/v1/" + path, question.dump(), {{"Content-Type", "application/json"}}),
        200);
  };
  json view = {{"name", "view"}};
  json theirs = {{"type", "people/people"}, {"id", there("people")}};
  json theirs_by_type = {{"type", "lakeside/boats"}};
  json self = {{"type", "user"}, {"id", service().founder().admin_id}};
  json foreign = {{"type", "application"}, {"id", there("applications")}};
  EXPECT_EQ(ask("evaluation", {{"subject", self}, {"action", view}, {"resource", theirs}})["decision"],
            false);
  EXPECT_EQ(
      ask("evaluation", {{"subject", foreign}, {"action", view}, {"resource", theirs}})["context"]["reason"],
      "unknown_subject");
  EXPECT_EQ(
      ask("search/resource", {{"subject", self}, {"action", view}, {"resource", theirs_by_type}})["results"],
      json::array());
  auto people = ask("search/resource", {{"subject", self}, {"action", view}, {"resource", theirs}}).dump();
  EXPECT_THAT(people, Not(HasSubstr(there("people"))));
  auto subjects = ask("search/subject",
                      {{"subject", {{"type", "user"}}}, {"action", view}, {"resource", theirs_by_type}});
  EXPECT_EQ(subjects["results"], json::array());

  EXPECT_EQ(admin().get("/admin/accounts/" + there("applications") + "/access").status, 404);
  EXPECT_EQ(admin().get("/admin/applications/" + there("applications") + "/unused-permissions").status, 404);
  EXPECT_EQ(admin().get("/admin/access?collection=lakeside/boats&operation=view").status, 400);
  auto roles = with_roles(document("accounts", json::object(), there("users")), {role("admin")});
  EXPECT_EQ(admin().post("/admin/accounts/" + there("users") + "/impact", roles).status, 404);
  auto permissions = document("roles", {{"permissions", json::object()}}, there("roles"));
  EXPECT_EQ(admin().post("/admin/roles/" + there("roles") + "/impact", permissions).status, 404);
  EXPECT_THAT(
      must(admin().get("/admin/access?collection=people/people&operation=view&page[size]=100"), 200).dump(),
      Not(HasSubstr(there("users"))));
}

}  // namespace
}  // namespace byline::test
