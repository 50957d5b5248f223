// Before somebody presses Save: what a change would do, what is granted and not used, who could do what when.

#include "support/service_suite.hpp"

namespace byline::test {
namespace {

using nlohmann::json;
using testing::Contains;
using testing::Not;

class Impact : public ServiceSuite {
 protected:
  static json cell(const std::string& area, const std::string& operation, const std::string& from,
                   const std::string& to) {
    return {{"area", area}, {"operation", operation}, {"from", from}, {"to", to}};
  }
  /// A role, and an application that has it.
  struct Setting {
    std::string role;
    Caller caller;
  };
  Setting setting(const json& permissions) {
    auto id = custom_role(permissions);
    auto made = account_document("applications", fresh("Application"), fresh_email(), {id});
    auto answer = must(admin().post("/admin/applications", made), 201);
    return {id, sign_in({answer["data"]["id"], answer["meta"]["client_secret"]})};
  }
  json foresee(const std::string& role, const json& permissions, const std::string& query = {}) {
    return must(admin().post("/admin/roles/" + role + "/impact" + query,
                             document("roles", {{"permissions", permissions}}, role)),
                200)["data"]["attributes"];
  }
  void set_permissions(const std::string& role, const json& permissions) {
    must(admin().patch("/admin/roles/" + role, document("roles", {{"permissions", permissions}}, role)), 200);
  }
};

TEST_F(Impact, SaysWhoGainsAndLosesWhatAndWhatWouldHaveBeenRefused) {
  auto [role, worker] = setting({{"intake", {{"view", "all"}, {"edit", "all"}, {"create", "all"}}}});
  auto id = must(worker.http->post("/intake/reports", document("reports", {{"a", 1}})), 201)["data"]["id"]
                .get<std::string>();
  must(worker.http->patch("/intake/reports/" + id, document("reports", {{"a", 2}}, id)), 200);
  must(worker.http->get("/intake/reports/" + id), 200);

  auto impact = foresee(role, {{"intake", {{"view", "all"}, {"create", "all"}, {"delete", "limited"}}}});
  EXPECT_EQ(impact["accounts_affected"], 1);
  auto account = impact["accounts"][0];
  EXPECT_EQ(account["id"], worker.account.id);
  EXPECT_EQ(account["gains"], json({cell("intake", "delete", "none", "limited")}));
  EXPECT_EQ(account["loses"], json({cell("intake", "edit", "all", "none")}));
  ASSERT_EQ(account["refused"].size(), 1U) << account;
  EXPECT_EQ(account["refused"][0]["operation"], "edit");
  EXPECT_EQ(account["refused"][0]["level"], "limited");
  EXPECT_EQ(account["refused"][0]["uses"], 1);
  EXPECT_EQ(account["refused_events"]["count"], 1);
  EXPECT_EQ(account["refused_events"]["latest"][0]["event_type"], "RecordUpdated");

  // What was really needed stays allowed at the level that was needed.
  impact = foresee(role, {{"intake", {{"view", "limited"}, {"edit", "limited"}, {"create", "all"}}}});
  EXPECT_EQ(impact["accounts"][0]["loses"].size(), 2U);
  EXPECT_EQ(impact["accounts"][0]["refused"], json::array());
  EXPECT_EQ(impact["accounts"][0]["refused_events"]["count"], 0);
  // Nothing was changed by asking.
  EXPECT_EQ(worker.http->patch("/intake/reports/" + id, document("reports", {{"a", 3}}, id)).status, 200);
  EXPECT_EQ(
      foresee(role, {{"intake", {{"view", "all"}, {"edit", "all"}, {"create", "all"}}}})["accounts_affected"],
      0);
}

TEST_F(Impact, AnotherRoleOfTheAccountGoesOnCounting) {
  auto [role, worker] = setting({{"intake", {{"view", "all"}}}});
  auto body = with_roles(document("applications", json::object(), worker.account.id),
                         {role, this->role("intake_observer")});
  must(admin().patch("/admin/applications/" + worker.account.id, body), 200);
  EXPECT_EQ(foresee(role, json::object())["accounts_affected"], 0);
}

TEST_F(Impact, OfAnAccountsProposedRoles) {
  auto [role, worker] = setting({{"people", {{"view", "all"}}}});
  must(worker.http->get("/people/people"), 200);
  auto body =
      with_roles(document("accounts", json::object(), worker.account.id), {this->role("provider_observer")});
  auto impact =
      must(admin().post("/admin/accounts/" + worker.account.id + "/impact", body), 200)["data"]["attributes"];
  EXPECT_EQ(impact["accounts"][0]["gains"], json({cell("provider_management", "view", "none", "all")}));
  EXPECT_EQ(impact["accounts"][0]["loses"], json::array());
  body = with_roles(body, {this->role("reporting_observer")});
  impact =
      must(admin().post("/admin/accounts/" + worker.account.id + "/impact", body), 200)["data"]["attributes"];
  EXPECT_EQ(impact["accounts"][0]["refused"][0]["uses"], 1);
  body = with_roles(body, {"0198f8a0-0000-7000-8000-000000000000"});
  EXPECT_EQ(admin().post("/admin/accounts/" + worker.account.id + "/impact", body).codes(), "unknown_role");
}

TEST_F(Impact, IsRefusedToWhoMayNotSeeAndForWhatCannotBe) {
  auto [role, worker] = setting({{"intake", {{"view", "all"}}}});
  auto body = document("roles", {{"permissions", json::object()}}, role);
  EXPECT_EQ(worker.http->post("/admin/roles/" + role + "/impact", body).status, 403);
  EXPECT_EQ(admin().post("/admin/roles/" + role + "/impact?days=0", body).status, 400);
  EXPECT_EQ(admin().post("/admin/roles/" + role + "/impact?frobs=1", body).status, 400);
  EXPECT_EQ(admin().post("/admin/roles/" + role + "/impact", document("roles", json::object(), role)).codes(),
            "required");
  body = document("roles", {{"permissions", {{"admin.users", {{"view", "limited"}}}}}}, role);
  EXPECT_EQ(admin().post("/admin/roles/" + role + "/impact", body).codes(), "invalid_value");
  auto fixed = this->role("admin");
  EXPECT_EQ(admin()
                .post("/admin/roles/" + fixed + "/impact",
                      document("roles", {{"permissions", json::object()}}, fixed))
                .codes(),
            "role_locked");
  body = document("roles", {{"permissions", {{"frobs", json::object()}}}}, role);
  EXPECT_EQ(admin().post("/admin/roles/" + role + "/impact", body).status, 422);
  // Who sees roles and no accounts is told a number.
  auto blind = caller_with({{"admin.roles", {{"view", "all"}}}});
  auto told = must(blind.http->post("/admin/roles/" + role + "/impact",
                                    document("roles", {{"permissions", json::object()}}, role)),
                   200)["data"]["attributes"];
  EXPECT_EQ(told["accounts_affected"], 1);
  EXPECT_EQ(told["accounts"], json::array());
}

TEST_F(Impact, UnusedPermissionsAreThoseNeverExercised) {
  auto [role, worker] = setting(
      {{"intake", {{"view", "all"}, {"edit", "all"}, {"delete", "all"}}}, {"people", {{"view", "all"}}}});
  auto path = "/admin/applications/" + worker.account.id + "/unused-permissions";
  auto unused = must(admin().get(path), 200)["data"]["attributes"];
  EXPECT_EQ(unused["unused"], unused["granted"]);
  EXPECT_EQ(unused["used"], json::array());

  auto id = must(admin().post("/intake/reports", document("reports", {{"a", 1}})), 201)["data"]["id"]
                .get<std::string>();
  for (int i = 0; i < 3; ++i) must(worker.http->get("/intake/reports/" + id), 200);
  EXPECT_EQ(worker.http->post("/people/people", document("people", {{"a", 1}})).status, 403);
  auto answer = must(admin().get(path), 200);
  unused = answer["data"]["attributes"];
  EXPECT_EQ(unused["unused"],
            json({{"intake", {{"edit", "all"}, {"delete", "all"}}}, {"people", {{"view", "all"}}}}));
  EXPECT_EQ(unused["needed"], json({{"intake", {{"view", "limited"}}}}));
  EXPECT_EQ(unused["wider_than_used"], json({{"intake", {{"view", "all"}}}}));
  ASSERT_EQ(unused["used"].size(), 1U);
  EXPECT_EQ(unused["used"][0]["uses"], 3);
  // The narrowest of all roles of the organization that would do: one view of Intake, made for this.
  auto narrow = custom_role({{"intake", {{"view", "limited"}}}});
  answer = must(admin().get(path), 200);
  EXPECT_EQ(answer["data"]["relationships"]["narrowest_roles"]["data"], identifiers("roles", {narrow}));
  EXPECT_EQ(admin().get(path + "?since=2020-01-01").status, 200);
  EXPECT_EQ(admin().get(path + "?since=tomorrow").status, 400);
  EXPECT_EQ(worker.http->get(path).status, 403);
}

TEST_F(Impact, UsesAreCountedAcrossAStop) {
  auto [role, worker] = setting({{"intake", {{"view", "all"}}}});
  for (int i = 0; i < 5; ++i) must(worker.http->get("/intake/reports"), 200);
  service().stop();
  service().start();
  auto again = service().admin();
  auto used = must(again->get("/admin/applications/" + worker.account.id + "/unused-permissions"),
                   200)["data"]["attributes"]["used"];
  ASSERT_EQ(used.size(), 1U);
  EXPECT_EQ(used[0]["uses"], 5);
}

TEST_F(Impact, AccessIsKnownForEveryPastMoment) {
  auto [role, worker] = setting({{"intake", {{"view", "limited"}}}});
  auto now = [&] {
    return must(admin().get("/admin/audit-events?sort=-position&page[size]=1"),
                200)["data"][0]["attributes"]["at"]
        .get<std::string>();
  };
  auto access = [&](const std::string& at) {
    return must(
        admin().get("/admin/accounts/" + worker.account.id + "/access" + (at.empty() ? "" : "?at=" + at)),
        200)["data"]["attributes"];
  };
  auto registered_at = now();
  set_permissions(role, {{"intake", {{"view", "all"}}}, {"people", {{"edit", "limited"}}}});
  auto raised_at = now();
  must(admin().patch("/admin/applications/" + worker.account.id,
                     document("applications", {{"status", "deactivated"}}, worker.account.id)),
       200);

  EXPECT_EQ(access(registered_at)["permissions"], json({{"intake", {{"view", "limited"}}}}));
  auto raised = access(raised_at);
  EXPECT_EQ(raised["permissions"], json({{"people", {{"edit", "limited"}}}, {"intake", {{"view", "all"}}}}));
  EXPECT_EQ(raised["through"].size(), 2U);
  EXPECT_EQ(raised["through"][0]["roles"][0]["id"], role);
  EXPECT_EQ(raised["status"], "active");
  EXPECT_EQ(access({})["permissions"], json::object());
  EXPECT_EQ(access({})["status"], "deactivated");

  auto who = [&](const std::string& at) {
    std::vector<std::string> ids;
    json next = "/admin/access?collection=intake/reports&operation=view&page[size]=3" +
                (at.empty() ? "" : "&at=" + at);
    while (!next.is_null()) {
      auto page = admin().get(next.get<std::string>());
      for (const auto& id : ids_of(page)) ids.push_back(id);
      next = page.json()["links"]["next"];
    }
    return ids;
  };
  EXPECT_THAT(who(raised_at), Contains(worker.account.id));
  EXPECT_THAT(who({}), Not(Contains(worker.account.id)));
  EXPECT_THAT(who({}), Contains(service().founder().admin_id));
  // It was not there before it was registered, and is there where it was deleted since.
  auto founded = must(admin().get("/admin/audit-events?page[size]=1"), 200)["data"][0]["attributes"]["at"]
                     .get<std::string>();
  EXPECT_THAT(who(founded), Not(Contains(worker.account.id)));
  EXPECT_EQ(admin().remove("/admin/applications/" + worker.account.id).status, 204);
  EXPECT_THAT(who(raised_at), Contains(worker.account.id));
  EXPECT_EQ(admin().get("/admin/accounts/" + worker.account.id + "/access").status, 404);
  EXPECT_EQ(admin().get("/admin/accounts/" + worker.account.id + "/access?at=" + raised_at).status, 200);
}

TEST_F(Impact, QuestionsAboutAccessAreCheckedAndGuarded) {
  auto [role, worker] = setting({{"admin.roles", {{"view", "all"}}}});
  EXPECT_EQ(admin().get("/admin/access").status, 400);
  EXPECT_EQ(admin().get("/admin/access?collection=intake/reports").status, 400);
  EXPECT_EQ(admin().get("/admin/access?collection=intake/frobs&operation=view").status, 400);
  EXPECT_EQ(admin().get("/admin/access?collection=intake/reports&operation=read").status, 400);
  EXPECT_EQ(
      admin().get("/admin/access?collection=intake/reports&operation=view&at=2999-01-01T00:00:00Z").status,
      400);
  EXPECT_EQ(admin().get("/admin/access?collection=intake/reports&operation=view&at=yesterday").status, 400);
  auto self = "/admin/accounts/" + worker.account.id + "/access";
  EXPECT_EQ(worker.http->get("/admin/access?collection=intake/reports&operation=view").status, 403);
  EXPECT_EQ(worker.http->get(self).status, 403);
  EXPECT_EQ(admin().get(self + "?operation=view").status, 400);
  EXPECT_EQ(admin().get("/admin/accounts/0198f8a0-0000-7000-8000-000000000000/access").status, 404);
}

TEST_F(Impact, WhatANewRecordIsGivenComesWithCreatingIt) {
  auto [role, worker] = setting({{"intake", {{"create", "all"}, {"view", "all"}}}});
  auto body = document("reports", {{"a", 1}});
  body["data"]["relationships"]["assignee"]["data"] = {{"type", "accounts"}, {"id", worker.account.id}};
  must(worker.http->post("/intake/reports", body), 201);
  auto impact = foresee(role, {{"intake", {{"create", "all"}}}});
  EXPECT_EQ(impact["accounts"][0]["refused_events"]["count"], 0);
}

TEST_F(Impact, WhoLosesTheViewLosesTheEditToo) {
  auto [role, worker] = setting({{"intake", {{"view", "all"}, {"edit", "all"}}}});
  auto id = must(admin().post("/intake/reports", document("reports", {{"a", 1}})), 201)["data"]["id"]
                .get<std::string>();
  must(worker.http->patch("/intake/reports/" + id, document("reports", {{"a", 2}}, id)), 200);
  auto impact = foresee(role, {{"intake", {{"edit", "all"}}}});
  EXPECT_EQ(impact["accounts"][0]["refused_events"]["count"], 1);
  set_permissions(role, {{"intake", {{"edit", "all"}}}});
  auto who =
      must(admin().get("/admin/access?collection=intake/reports&operation=edit&page[size]=100"), 200).dump();
  EXPECT_THAT(who, Not(testing::HasSubstr(worker.account.id)));
}

TEST_F(Impact, WasAMemberThenCountsAsThen) {
  auto [role, worker] =
      setting({{"intake", {{"view", "limited"}, {"edit", "limited"}}}, {"people", {{"view", "all"}}}});
  auto made = document("teams", {{"name", fresh("Team")}});
  made["data"]["relationships"]["members"]["data"] = identifiers("accounts", {worker.account.id});
  auto team = must(admin().post("/admin/teams", made), 201)["data"]["id"].get<std::string>();
  auto body = document("reports", {{"a", 1}});
  body["data"]["relationships"]["access_list"]["data"] = identifiers("teams", {team});
  auto id = must(admin().post("/intake/reports", body), 201)["data"]["id"].get<std::string>();
  must(worker.http->patch("/intake/reports/" + id, document("reports", {{"a", 2}}, id)), 200);
  auto nobody = document("teams", json::object(), team);
  nobody["data"]["relationships"]["members"]["data"] = json::array();
  must(admin().patch("/admin/teams/" + team, nobody), 200);
  auto impact = foresee(role, {{"intake", {{"view", "limited"}, {"edit", "limited"}}}});
  EXPECT_EQ(impact["accounts"][0]["refused_events"]["count"], 0);
}

TEST_F(Impact, AListCountsAsFarAsItShowed) {
  auto [role, worker] = setting({{"provider_management", {{"view", "all"}}}});
  auto body = document("providers", {{"a", 1}});
  body["data"]["relationships"]["access_list"]["data"] =
      identifiers("accounts", {service().founder().admin_id});
  must(admin().post("/providers/providers", body), 201);
  must(worker.http->get("/providers/providers"), 200);
  auto unused = must(admin().get("/admin/applications/" + worker.account.id + "/unused-permissions"),
                     200)["data"]["attributes"];
  EXPECT_EQ(unused["needed"], json({{"provider_management", {{"view", "all"}}}}));
}

TEST_F(Impact, ARefusedRequestIsNoUse) {
  auto [role, worker] = setting({{"intake", {{"view", "all"}, {"create", "all"}, {"delete", "all"}}}});
  EXPECT_EQ(worker.http->post("/intake/reports", document("people", {{"a", 1}})).status, 409);
  auto id = must(admin().post("/intake/reports", document("reports", {{"a", 1}})), 201)["data"]["id"]
                .get<std::string>();
  EXPECT_EQ(worker.http->remove("/intake/reports/" + id, {{"If-Match", "\"9\""}}).status, 412);
  auto unused = must(admin().get("/admin/applications/" + worker.account.id + "/unused-permissions"),
                     200)["data"]["attributes"];
  EXPECT_EQ(unused["used"], json::array());
}

TEST_F(Impact, ACollectionAskedForWhatItAskedForThen) {
  auto [role, worker] = setting({{"provider_management", {{"view", "all"}}}});
  auto moment = [&] {
    return must(admin().get("/admin/audit-events?sort=-position&page[size]=1"),
                200)["data"][0]["attributes"]["at"]
        .get<std::string>();
  };
  auto before = moment();
  auto needs = [](const char* area) {
    return json{{"view", {area}}, {"edit", {area}}, {"create", {area}}, {"delete", {area}}};
  };
  auto name = fresh("units");
  must(admin().post(
           "/admin/collections",
           document("collections",
                    {{"service", "housing"}, {"name", name}, {"permissions", needs("provider_management")}})),
       201);
  auto then = moment();
  must(admin().patch("/admin/collections/housing." + name,
                     document("collections", {{"permissions", needs("people")}}, "housing." + name)),
       200);
  auto who = [&](const std::string& at) {
    return ids_of(
        admin().get("/admin/access?collection=housing/" + name + "&operation=view&page[size]=100&at=" + at));
  };
  EXPECT_THAT(who(then), Contains(worker.account.id));
  EXPECT_THAT(who(moment()), Not(Contains(worker.account.id)));
  EXPECT_THAT(who(before), testing::IsEmpty());
}

}  // namespace
}  // namespace byline::test
