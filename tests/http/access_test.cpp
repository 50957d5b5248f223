#include "support/service_suite.hpp"

namespace byline::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

/// Who may do what.
class Access : public ServiceSuite {
 protected:
  Reply change_application(const std::string& id, const json& attributes) {
    return admin().patch("/admin/applications/" + id, document("applications", attributes, id));
  }
  Reply set_roles(HttpClient& by, const std::string& type, const std::string& id,
                  const std::vector<std::string>& roles) {
    return by.patch("/admin/" + type + "/" + id, with_roles(document(type, json::object(), id), roles));
  }
  Reply set_permissions(const std::string& role, const json& permissions) {
    return admin().patch("/admin/roles/" + role, document("roles", {{"permissions", permissions}}, role));
  }
  void set_plan(const std::string& plan) {
    auto id = service().founder().organization_id;
    must(admin().patch("/admin/organizations/" + id, document("organizations", {{"plan", plan}}, id)), 200);
  }
  static void expect_missing(const Reply& reply, const std::string& permission) {
    EXPECT_EQ(reply.status, 403) << reply.body;
    EXPECT_EQ(reply.codes(), "permission_missing");
    EXPECT_THAT(reply.body, HasSubstr(permission));
  }
};

TEST_F(Access, AnIntakeWorkerWorksWithPeopleAndReportsButDeletesNoPerson) {
  auto worker = caller({"intake_worker"});
  auto person =
      must(worker.http->post("/people/people", document("people", {{"name", "Ann"}})), 201)["data"]["id"]
          .get<std::string>();
  auto path = "/people/people/" + person;
  EXPECT_EQ(worker.http->get(path).status, 200);
  EXPECT_EQ(worker.http->patch(path, document("people", {{"name", "Bea"}}, person)).status, 200);
  expect_missing(worker.http->remove(path), "people:delete");
  EXPECT_EQ(worker.http->get(path).status, 200);

  auto report = must(worker.http->post("/intake/reports", document("reports", {{"a", 1}})), 201)["data"]["id"]
                    .get<std::string>();
  EXPECT_EQ(worker.http->remove("/intake/reports/" + report).status, 204);
}

TEST_F(Access, EachOperationNeedsItsOwnPermission) {
  auto id = must(admin().post("/people/people", document("people", {{"a", 1}})), 201)["data"]["id"]
                .get<std::string>();
  auto path = "/people/people/" + id;
  auto nobody = caller_with({{"intake", {{"view", "all"}}}});
  expect_missing(nobody.http->get("/people/people"), "people:view");
  expect_missing(nobody.http->get(path), "people:view");
  expect_missing(nobody.http->post("/people/people", document("people", {{"a", 1}})), "people:create");
  expect_missing(nobody.http->patch(path, document("people", {{"a", 2}}, id)), "people:edit");
  expect_missing(nobody.http->remove(path), "people:delete");
}

TEST_F(Access, AdministrationNeedsItsOwnPermissionsToo) {
  auto worker = caller({"intake_supervisor"});
  const std::vector<std::pair<std::string, std::string>> areas = {
      {"applications", registered().id},
      {"users", user()},
      {"roles", role("intake_worker")},
      {"organizations", service().founder().organization_id}};
  for (const auto& [type, id] : areas) {
    auto area = type == "organizations" ? std::string("admin.organization") : "admin." + type;
    auto list = "/admin/" + type;
    auto one = list + "/" + id;
    expect_missing(worker.http->get(list), area + ":view");
    expect_missing(worker.http->get(one), area + ":view");
    expect_missing(worker.http->patch(one, document(type, {{"name", "x"}}, id)), area + ":edit");
    if (type == "organizations") continue;
    expect_missing(worker.http->remove(one), area + ":delete");
  }
  expect_missing(worker.http->post("/admin/applications", application_document("x", fresh_email())),
                 "admin.applications:create");
}

TEST_F(Access, TheUnionOfSeveralRolesHolds) {
  auto both = caller({"intake_observer", "engage_supervisor"});
  EXPECT_EQ(both.http->get("/intake/reports").status, 200);
  auto person = must(both.http->post("/people/people", document("people", {{"a", 1}})), 201)["data"]["id"];
  EXPECT_EQ(both.http->remove("/people/people/" + person.get<std::string>()).status, 204);
  expect_missing(both.http->post("/intake/reports", document("reports", {{"a", 1}})), "intake:create");
}

TEST_F(Access, WithoutATokenOrWithAWrongOneNobodyComesIn) {
  auto without = anonymous()->get("/admin/applications");
  EXPECT_EQ(without.status, 401);
  EXPECT_EQ(without.codes(), "token_required");
  EXPECT_EQ(without.header("www-authenticate"), "Bearer realm=\"byline\"");
  auto right = caller().http->bearer();
  auto altered = right;
  altered[altered.size() / 2] = altered[altered.size() / 2] == 'A' ? 'B' : 'A';
  for (const auto& token : {std::string("x"), altered, right + "x", service().founder().admin_token + "x",
                            service().founder().admin_token.substr(1), std::string("a.b.c")}) {
    auto wrong = service().client(token)->get("/people/people");
    EXPECT_EQ(wrong.status, 401);
    EXPECT_EQ(wrong.codes(), "invalid_token");
    EXPECT_THAT(wrong.header("www-authenticate"), HasSubstr("error=\"invalid_token\""));
  }
  auto basic = anonymous()->get("/people/people", {{"Authorization", "Basic YTpi"}});
  EXPECT_EQ(basic.codes(), "invalid_token");
}

TEST_F(Access, ADeactivatedApplicationsOldTokenIsRefusedAtTheNextRequest) {
  auto worker = caller();
  EXPECT_EQ(worker.http->get("/people/people").status, 200);
  must(change_application(worker.account.id, {{"status", "deactivated"}}), 200);
  auto read = worker.http->get("/people/people");
  EXPECT_EQ(read.status, 401);
  EXPECT_EQ(read.codes(), "account_inactive");
  EXPECT_EQ(worker.http->post("/people/people", document("people", {{"a", 1}})).status, 401);
  must(change_application(worker.account.id, {{"status", "active"}}), 200);
  EXPECT_EQ(worker.http->get("/people/people").status, 200);
}

TEST_F(Access, OtherRolesTakeEffectOnATokenThatWasIssuedBefore) {
  auto worker = caller({"intake_worker"});
  EXPECT_EQ(worker.http->post("/intake/reports", document("reports", {{"a", 1}})).status, 201);
  must(set_roles(admin(), "applications", worker.account.id, {role("intake_observer")}), 200);
  EXPECT_EQ(worker.http->get("/intake/reports").status, 200);
  expect_missing(worker.http->post("/intake/reports", document("reports", {{"a", 1}})), "intake:create");
  must(set_roles(admin(), "applications", worker.account.id, {role("provider_supervisor")}), 200);
  expect_missing(worker.http->get("/intake/reports"), "intake:view");
  EXPECT_EQ(worker.http->get("/providers/providers").status, 200);
}

TEST_F(Access, AChangedRoleTakesEffectAtOnceForEverybodyWhoHasIt) {
  auto first = caller_with({{"people", {{"view", "all"}}}});
  auto held = admin()
                  .get("/admin/applications/" + first.account.id)
                  .json()["data"]["relationships"]["roles"]["data"][0]["id"]
                  .get<std::string>();
  auto second = caller();
  must(set_roles(admin(), "applications", second.account.id, {held}), 200);
  for (auto* client : {first.http.get(), second.http.get()})
    EXPECT_EQ(client->get("/people/people").status, 200);
  must(set_permissions(held, {{"intake", {{"view", "all"}}}}), 200);
  for (auto* client : {first.http.get(), second.http.get()}) {
    expect_missing(client->get("/people/people"), "people:view");
    EXPECT_EQ(client->get("/intake/reports").status, 200);
  }
}

TEST_F(Access, APlanWithoutTheApiStopsApplicationsAtOnceAndLetsAdministratorsIn) {
  auto worker = caller();
  auto administrating = caller({"admin"});
  set_plan("standard");
  for (auto* client : {worker.http.get(), administrating.http.get()}) {
    for (const auto& reply : {client->get("/people/people"), client->get("/admin/applications"),
                              client->post("/people/people", document("people", {{"a", 1}}))}) {
      EXPECT_EQ(reply.status, 403);
      EXPECT_EQ(reply.codes(), "api_not_licensed");
    }
  }
  auto token = anonymous()->post_form("/oauth2/token", {{"grant_type", "client_credentials"},
                                                        {"client_id", worker.account.id},
                                                        {"client_secret", worker.account.secret}});
  EXPECT_EQ(token.status, 403);
  EXPECT_EQ(token.json()["error"], "api_not_licensed");
  EXPECT_EQ(admin().get("/admin/applications").status, 200);
  EXPECT_EQ(admin().post("/admin/applications", application_document(fresh(), fresh_email())).status, 201);

  set_plan("enterprise");
  EXPECT_EQ(worker.http->get("/people/people").status, 200);
}

TEST_F(Access, NobodyGivesARoleThatHoldsAPermissionTheyLack) {
  auto giver =
      caller_with({{"admin.applications", {{"create", "all"}, {"edit", "all"}}},
                   {"admin.users", {{"create", "all"}, {"edit", "all"}}},
                   {"people", {{"view", "all"}, {"edit", "all"}, {"create", "all"}}},
                   {"intake", {{"view", "all"}, {"edit", "all"}, {"create", "all"}, {"delete", "limited"}}}});
  auto refused =
      giver.http->post("/admin/applications",
                       account_document("applications", "x", fresh_email(),
                                        {role("intake_observer"), role("intake_worker"), role("admin")}));
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.places(),
            "/data/relationships/roles/data/1 role_exceeds_giver; "
            "/data/relationships/roles/data/2 role_exceeds_giver");
  EXPECT_THAT(refused.body, HasSubstr("Intake Worker"));
  EXPECT_EQ(giver.http
                ->post("/admin/applications",
                       account_document("applications", "x", fresh_email(), {role("intake_observer")}))
                .status,
            201);
  EXPECT_EQ(giver.http->post("/admin/users", account_document("users", "x", fresh_email(), {role("admin")}))
                .codes(),
            "role_exceeds_giver");
  auto other = registered({"intake_observer"});
  EXPECT_EQ(set_roles(*giver.http, "applications", other.id, {role("intake_worker")}).codes(),
            "role_exceeds_giver");
  EXPECT_EQ(set_roles(*giver.http, "applications", giver.account.id, {role("admin")}).codes(),
            "role_exceeds_giver");
}

TEST_F(Access, WhatAnAccountHasAlreadyMayStay) {
  auto giver = caller_with({{"admin.applications", {{"edit", "all"}}},
                            {"people", {{"view", "all"}}},
                            {"intake", {{"view", "all"}}}});
  auto supervisor = registered({"intake_supervisor"});
  auto reply = set_roles(*giver.http, "applications", supervisor.id,
                         {role("intake_supervisor"), role("intake_observer")});
  EXPECT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(set_roles(*giver.http, "applications", supervisor.id, {role("intake_observer")}).status, 200);
  EXPECT_EQ(set_roles(*giver.http, "applications", supervisor.id, {role("intake_supervisor")}).codes(),
            "role_exceeds_giver");
}

TEST_F(Access, NobodyPutsIntoARoleWhatTheyLack) {
  auto giver =
      caller_with({{"admin.roles", {{"create", "all"}, {"edit", "all"}}}, {"people", {{"view", "limited"}}}});
  auto make = [&](const json& permissions) {
    return giver.http->post("/admin/roles",
                            document("roles", {{"name", fresh("Role")}, {"permissions", permissions}}));
  };
  auto refused =
      make({{"people", {{"view", "all"}, {"delete", "assignments"}}}, {"admin.audit", {{"view", "all"}}}});
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.places(),
            "/data/attributes/permissions/admin.audit/view role_exceeds_giver; "
            "/data/attributes/permissions/people/view role_exceeds_giver; "
            "/data/attributes/permissions/people/delete role_exceeds_giver");
  EXPECT_EQ(make({{"people", {{"view", "limited"}}}}).status, 201);
  auto own = custom_role({{"people", {{"view", "limited"}}}});
  auto raised = giver.http->patch("/admin/roles/" + own,
                                  document("roles", {{"permissions", {{"people", {{"view", "all"}}}}}}, own));
  EXPECT_EQ(raised.codes(), "role_exceeds_giver");
}

TEST_F(Access, RolesAreIncludedForThoseOnlyWhoMayViewThem) {
  auto viewer = caller_with({{"admin.applications", {{"view", "all"}}}});
  auto page = must(viewer.http->get("/admin/applications?include=roles"), 200);
  EXPECT_EQ(page["included"], json::array());
  auto one = must(viewer.http->get("/admin/applications/" + viewer.account.id + "?include=roles"), 200);
  EXPECT_EQ(one["included"], json::array());
}

TEST_F(Access, TheLastAdministratorStays) {
  auto id = service().founder().admin_id;
  auto path = "/admin/users/" + id;
  auto demoted = set_roles(admin(), "users", id, {role("intake_worker")});
  EXPECT_EQ(demoted.status, 409);
  EXPECT_EQ(demoted.places(), "/data/relationships/roles/data last_administrator");
  auto deactivated = admin().patch(path, document("users", {{"status", "deactivated"}}, id));
  EXPECT_EQ(deactivated.status, 409);
  EXPECT_EQ(deactivated.places(), "/data/attributes/status last_administrator");
  auto deleted = admin().remove(path);
  EXPECT_EQ(deleted.status, 409);
  EXPECT_EQ(deleted.codes(), "last_administrator");
  EXPECT_EQ(admin().get(path).status, 200);
}

TEST_F(Access, ADeactivatedAdministratorOrAnApplicationIsNoOtherOne) {
  auto id = service().founder().admin_id;
  auto second = user({"admin"});
  auto application = registered({"admin"});
  must(admin().patch("/admin/users/" + second, document("users", {{"status", "deactivated"}}, second)), 200);
  EXPECT_EQ(admin().remove("/admin/users/" + id).codes(), "last_administrator");
  must(admin().patch("/admin/users/" + second, document("users", {{"status", "active"}}, second)), 200);
  // Now there are two, and the second may go.
  EXPECT_EQ(admin().remove("/admin/users/" + second).status, 204);
  EXPECT_EQ(set_roles(admin(), "users", id, {role("intake_worker")}).codes(), "last_administrator");
}

}  // namespace
}  // namespace byline::test
