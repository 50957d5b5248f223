// Assignees, access lists and teams over HTTP.

#include <atomic>
#include <random>
#include <set>
#include <thread>

#include "support/service_suite.hpp"

namespace byline::test {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAreArray;

json account(const std::string& id) { return {{"type", "accounts"}, {"id", id}}; }
json team(const std::string& id) { return {{"type", "teams"}, {"id", id}}; }

class RecordAccess : public ServiceSuite {
 protected:
  std::string new_team(const std::vector<std::string>& members) {
    auto body = document("teams", {{"name", fresh("Team")}});
    body["data"]["relationships"]["members"]["data"] = identifiers("accounts", members);
    return must(admin().post("/admin/teams", body), 201)["data"]["id"];
  }
  static json report(const json& assignee, const json& list, const std::string& id = {}) {
    auto body = document("reports", {{"a", 1}}, id);
    if (!assignee.is_null() || !id.empty()) body["data"]["relationships"]["assignee"]["data"] = assignee;
    if (!list.is_null()) body["data"]["relationships"]["access_list"]["data"] = list;
    return body;
  }
  std::string create(const json& assignee, const json& list) {
    return must(admin().post("/intake/reports", report(assignee, list)), 201)["data"]["id"];
  }
  static json level(const std::string& name) {
    return {{"intake", {{"view", name}, {"edit", name}, {"delete", name}}}};
  }
};

TEST_F(RecordAccess, ARecordShowsWhoIsResponsibleAndWhoMayOpenIt) {
  auto worker = registered();
  auto night = new_team({worker.id});
  auto id = create(account(worker.id), {account(worker.id), team(night)});
  auto found = must(admin().get("/intake/reports/" + id + "?include=assignee,access_list"), 200);
  EXPECT_EQ(found["data"]["relationships"]["assignee"]["data"], account(worker.id));
  EXPECT_EQ(found["data"]["relationships"]["access_list"]["data"], json({account(worker.id), team(night)}));
  EXPECT_EQ(found["included"].size(), 2U);
  EXPECT_EQ(ids_of(admin().get("/intake/reports?filter[assignee]=" + worker.id)), std::vector{id});

  auto changed = must(admin().patch("/intake/reports/" + id, report(nullptr, json::array(), id)), 200);
  EXPECT_EQ(changed["data"]["relationships"]["assignee"]["data"], nullptr);
  EXPECT_EQ(changed["data"]["relationships"]["access_list"]["data"], json::array());
}

TEST_F(RecordAccess, WhatCannotBeAssignedIsNamed) {
  auto refused =
      admin().post("/intake/reports",
                   report(account("not-an-id"), {account(registered().id), team(registered().id), "x"}));
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(refused.codes(), "invalid_id invalid_value unknown_team");
  EXPECT_THAT(refused.body, testing::HasSubstr("/data/relationships/assignee/data"));
  EXPECT_THAT(refused.body, testing::HasSubstr("/data/relationships/access_list/data/2"));
  auto list_for_one = document("reports", json::object());
  list_for_one["data"]["relationships"]["assignee"]["data"] = json::array();
  EXPECT_EQ(admin().post("/intake/reports", list_for_one).codes(), "invalid_type");
  // An attribute of the same name would be taken for it.
  EXPECT_EQ(admin().post("/intake/reports", document("reports", {{"assignee", "me"}})).codes(), "read_only");
}

TEST_F(RecordAccess, ARefusedChangeNamesTheMissingPermission) {
  auto reader = caller_with({{"intake", {{"view", "all"}, {"edit", "assignments"}}}});
  auto id = create(nullptr, json::array({account(registered().id)}));
  auto refused = reader.http->patch("/intake/reports/" + id, document("reports", {{"a", 2}}, id));
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.json()["errors"][0]["meta"]["missing"],
            json({{{"area", "intake"}, {"operation", "edit"}, {"level", "all"}}}));
  auto deleted = reader.http->remove("/intake/reports/" + id);
  EXPECT_EQ(deleted.json()["errors"][0]["meta"]["missing"],
            json({{{"area", "intake"}, {"operation", "delete"}, {"level", "all"}}}));
  auto both = caller_with({{"reporting", {{"view", "all"}}}})
                  .http->post("/cases/cases", document("cases", {{"a", 1}}));
  EXPECT_EQ(both.json()["errors"].size(), 1U);
  EXPECT_EQ(both.json()["errors"][0]["meta"]["missing"].size(), 2U);
}

TEST_F(RecordAccess, TeamsComeAndGoAtOnceTokensIncluded) {
  auto member = caller_with(level("limited"));
  auto night = new_team({});
  auto id = create(nullptr, json::array({team(night)}));
  auto path = "/intake/reports/" + id;
  EXPECT_EQ(member.http->get(path).status, 404);
  auto set_members = [&](const std::vector<std::string>& members) {
    auto body = document("teams", json::object(), night);
    body["data"]["relationships"]["members"]["data"] = identifiers("accounts", members);
    must(admin().patch("/admin/teams/" + night, body), 200);
  };
  set_members({member.account.id});
  EXPECT_EQ(member.http->get(path).status, 200);
  EXPECT_THAT(ids_of(member.http->get("/intake/reports?sort=-created_at&page[size]=1")), ElementsAre(id));
  set_members({});
  EXPECT_EQ(member.http->get(path).status, 404);
  set_members({member.account.id});
  EXPECT_EQ(admin().remove("/admin/teams/" + night).status, 204);
  EXPECT_EQ(member.http->get(path).status, 404);
}

TEST_F(RecordAccess, ListsPageThroughWhatMayBeSeenAndNothingElse) {
  auto viewer = caller_with(level("limited"));
  auto other = registered();
  auto night = new_team({viewer.account.id});
  std::vector<std::string> visible;
  for (int i = 0; i < 12; ++i) {
    create(nullptr, json::array({account(other.id)}));
    visible.push_back(create(nullptr, i % 3 == 0   ? json({account(viewer.account.id), team(night)})
                                      : i % 3 == 1 ? json::array({team(night)})
                                                   : json(nullptr)));
  }
  auto counted =
      viewer.http->get("/intake/reports?page[total]=true&page[size]=1&filter[id][ge]=" + visible.front());
  EXPECT_EQ(counted.json()["meta"]["page"]["total"], visible.size());
  for (const char* size : {"1", "5", "7"}) {
    std::vector<std::string> forward;
    auto next = json("/intake/reports?filter[id][ge]=" + visible.front() + "&page[size]=" + size);
    json last;
    while (!next.is_null()) {
      auto page = viewer.http->get(next.get<std::string>());
      for (const auto& id : ids_of(page)) forward.push_back(id);
      last = page.json()["links"]["prev"];
      next = page.json()["links"]["next"];
    }
    EXPECT_EQ(forward, visible) << "pages of " << size;
    std::vector<std::string> backward;
    for (auto previous = last; !previous.is_null();) {
      auto page = viewer.http->get(previous.get<std::string>());
      auto ids = ids_of(page);
      backward.insert(backward.begin(), ids.begin(), ids.end());
      previous = page.json()["links"]["prev"];
    }
    EXPECT_LT(backward.size(), visible.size());
    EXPECT_TRUE(std::equal(backward.begin(), backward.end(), visible.begin())) << "pages of " << size;
  }
}

/// Whatever the roles and the record: what a list shows, what may be read, what is said to be allowed and
/// what is allowed are the same.
TEST_F(RecordAccess, ListReadEvaluateAndEnforceAgree) {
  auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  auto any = [&random](const auto& of) -> const auto& {
    return *(std::begin(of) + static_cast<long>(random() % std::size(of)));
  };
  const std::string levels[] = {"none", "assignments", "limited", "all"};

  std::vector<Caller> callers;
  for (int i = 0; i < 6; ++i) {
    json permissions;
    for (const char* area : {"engage", "people"})
      permissions[area] = {{"view", any(levels)}, {"edit", any(levels)}, {"delete", any(levels)}};
    callers.push_back(caller_with(permissions));
    auto more = json{{"engage", {{"view", any(levels)}, {"edit", any(levels)}}}};
    auto id = callers.back().account.id;
    auto roles = std::vector{custom_role(permissions), custom_role(more)};
    must(admin().patch("/admin/applications/" + id,
                       with_roles(document("applications", json::object(), id), roles)),
         200);
  }
  std::vector<std::string> teams;
  for (int i = 0; i < 3; ++i) teams.push_back(new_team({any(callers).account.id}));
  std::set<std::string> records;
  for (int i = 0; i < 30; ++i) {
    auto body = document("cases", {{"a", i}});
    auto& relationships = body["data"]["relationships"];
    if (random() % 2) relationships["assignee"]["data"] = account(any(callers).account.id);
    relationships["access_list"]["data"] = json::array();
    if (random() % 2) relationships["access_list"]["data"].push_back(account(any(callers).account.id));
    if (random() % 3 == 0) relationships["access_list"]["data"].push_back(team(any(teams)));
    records.insert(must(admin().post("/cases/cases", body), 201)["data"]["id"].get<std::string>());
  }
  for (auto& caller : callers) {
    auto list = caller.http->get("/cases/cases?page[size]=100");
    std::set<std::string> listed;
    if (list.status == 200) {
      for (const auto& id : ids_of(list)) listed.insert(id);
    }
    for (const char* action : {"view", "edit", "delete"}) {
      json questions;
      for (const auto& id : records)
        questions.push_back({{"resource", {{"type", "cases/cases"}, {"id", id}}}});
      auto answers =
          must(caller.http->send("POST", "/access/v1/evaluations",
                                 json{{"subject", {{"type", "application"}, {"id", caller.account.id}}},
                                      {"action", {{"name", action}}},
                                      {"evaluations", questions}}
                                     .dump(),
                                 {{"Content-Type", "application/json"}}),
               200)["evaluations"];
      std::set<std::string> found;
      auto search = caller.http->send("POST", "/access/v1/search/resource",
                                      json{{"subject", {{"type", "application"}, {"id", caller.account.id}}},
                                           {"action", {{"name", action}}},
                                           {"resource", {{"type", "cases/cases"}}}}
                                          .dump(),
                                      {{"Content-Type", "application/json"}});
      const auto results = must(search, 200)["results"];
      for (const auto& result : results) found.insert(result["id"].get<std::string>());
      std::size_t at = 0;
      for (const auto& id : records) {
        auto said = answers[at++]["decision"].get<bool>();
        auto path = "/cases/cases/" + id;
        EXPECT_EQ(found.contains(id), said) << action;
        if (action == std::string("view")) {
          EXPECT_EQ(caller.http->get(path).status == 200, said);
          EXPECT_EQ(listed.contains(id), said);
        } else if (action == std::string("edit")) {
          EXPECT_EQ(caller.http->patch(path, document("cases", {{"b", 1}}, id)).status == 200, said);
        } else {
          // Deleted for nothing: a version that nobody has.
          EXPECT_EQ(caller.http->remove(path, {{"If-Match", "\"999\""}}).status == 412, said);
        }
      }
    }
  }
}

TEST_F(RecordAccess, AfterARoleLostAPermissionNoUseOfItSucceeds) {
  auto role = custom_role({{"intake", {{"view", "all"}, {"create", "all"}}}});
  auto application = must(admin().post("/admin/applications", account_document("applications", fresh("Racer"),
                                                                               fresh_email(), {role})),
                          201);
  auto token = token_of(admin(), {application["data"]["id"], application["meta"]["client_secret"]});
  std::atomic<bool> taken = false;
  std::atomic<bool> stop = false;
  std::atomic<int> before = 0;
  std::atomic<int> after = 0;
  std::vector<std::thread> users;
  for (int i = 0; i < 8; ++i) {
    users.emplace_back([&, i] {
      auto http = service().client(token);
      while (!stop) {
        bool was_taken = taken;
        auto status = i % 2 ? http->get("/intake/reports?page[size]=1").status
                            : http->post("/intake/reports", document("reports", {{"a", i}})).status;
        if (status < 300) ++(was_taken ? after : before);
        if (was_taken && status == 403 && ++before > 400) break;
      }
    });
  }
  while (before < 200) std::this_thread::yield();
  must(admin().patch("/admin/roles/" + role, document("roles", {{"permissions", json::object()}}, role)),
       200);
  taken = true;
  auto http = service().client(token);
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(http->get("/intake/reports").status, 403);
    EXPECT_EQ(http->post("/intake/reports", document("reports", {{"a", 1}})).status, 403);
  }
  stop = true;
  for (auto& user : users) user.join();
  EXPECT_EQ(after, 0);
}

TEST_F(RecordAccess, ANilIdIsNobodys) {
  const std::string nil = "00000000-0000-0000-0000-000000000000";
  auto id = create(nullptr, json::array({account(registered().id)}));
  auto opened = document("reports", json::object(), id);
  opened["data"]["relationships"]["access_list"]["data"] = identifiers("accounts", {nil});
  EXPECT_EQ(admin().patch("/intake/reports/" + id, opened).codes(), "invalid_id");
  EXPECT_EQ(admin().post("/intake/reports", report(account(nil), nullptr)).codes(), "invalid_id");
  auto members = document("teams", {{"name", fresh("Team")}});
  members["data"]["relationships"]["members"]["data"] = identifiers("accounts", {nil, nil});
  EXPECT_EQ(admin().post("/admin/teams", members).codes(), "invalid_id invalid_id");
  auto roles = with_roles(application_document(fresh("Application"), fresh_email()), {nil});
  EXPECT_EQ(admin().post("/admin/applications", roles).codes(), "invalid_id");
}

TEST_F(RecordAccess, ARepetitionUnderItsKeyHasItsAnswerThoughTheRecordIsGone) {
  auto id = create(nullptr, nullptr);
  const Headers key = {{"Idempotency-Key", fresh("key")}};
  EXPECT_EQ(admin().remove("/intake/reports/" + id, key).status, 204);
  EXPECT_EQ(admin().remove("/intake/reports/" + id, key).status, 204);
  EXPECT_EQ(admin().remove("/intake/reports/" + id).status, 404);
  // And though the change shut out the caller itself.
  auto editor = caller_with(level("limited"));
  id = create(nullptr, nullptr);
  auto change = document("reports", json::object(), id);
  change["data"]["relationships"]["access_list"]["data"] = json::array({account(registered().id)});
  const Headers other = {{"Idempotency-Key", fresh("key")}};
  EXPECT_EQ(editor.http->patch("/intake/reports/" + id, change, other).status, 200);
  EXPECT_EQ(editor.http->patch("/intake/reports/" + id, change, other).status, 200);
  EXPECT_EQ(editor.http->get("/intake/reports/" + id).status, 404);
}

TEST_F(RecordAccess, ARecordThatIsReachedInSeveralWaysIsListedOnceBothWays) {
  auto viewer = caller_with(level("limited"));
  auto night = new_team({viewer.account.id}), day = new_team({viewer.account.id});
  std::vector<std::string> made;
  for (int i = 0; i < 5; ++i)
    made.push_back(create(account(viewer.account.id), {account(viewer.account.id), team(night), team(day)}));
  auto after = "&filter[id][ge]=" + made.front();
  EXPECT_EQ(ids_of(viewer.http->get("/intake/reports?page[size]=100" + after)), made);
  auto backward = ids_of(viewer.http->get("/intake/reports?sort=-created_at&page[size]=5"));
  EXPECT_EQ(std::vector(backward.rbegin(), backward.rend()), made);
}

}  // namespace
}  // namespace byline::test
