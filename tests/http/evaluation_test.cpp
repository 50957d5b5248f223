// AuthZEN: what another service is told when it asks “may it?”.

#include "support/service_suite.hpp"

namespace byline::test {
namespace {

using nlohmann::json;

class Evaluation : public ServiceSuite {
 protected:
  static json question(const std::string& type, const std::string& id, const std::string& action,
                       const json& resource) {
    return {
        {"subject", {{"type", type}, {"id", id}}}, {"action", {{"name", action}}}, {"resource", resource}};
  }
  static Reply ask(HttpClient& by, const json& question, const std::string& path = "/access/v1/evaluation") {
    return by.send("POST", path, question.dump(), {{"Content-Type", "application/json"}});
  }
  json answer(const json& question, const std::string& path = "/access/v1/evaluation") {
    return must(ask(admin(), question, path), 200);
  }
  std::string report(const json& assignee = {}) {
    auto body = document("reports", {{"a", 1}});
    if (!assignee.is_null()) body["data"]["relationships"]["assignee"]["data"] = assignee;
    return must(admin().post("/intake/reports", body), 201)["data"]["id"];
  }
};

TEST_F(Evaluation, SaysYesOrNoAndWhy) {
  auto worker = registered({"intake_worker"}).id;
  EXPECT_EQ(answer(question("application", worker, "create", {{"type", "intake/reports"}})),
            json({{"decision", true}}));
  auto person = must(admin().post("/people/people", document("people", {{"a", 1}})), 201)["data"]["id"];
  auto denied =
      answer(question("application", worker, "delete", {{"type", "people/people"}, {"id", person}}));
  EXPECT_EQ(denied["decision"], false);
  EXPECT_EQ(denied["context"]["reason"], "permission_missing");
  EXPECT_EQ(denied["context"]["missing"],
            json({{{"area", "people"}, {"operation", "delete"}, {"level", "limited"}}}));
}

TEST_F(Evaluation, KnowsTheRecordOrIsToldAboutIt) {
  auto own = caller_with({{"intake", {{"view", "assignments"}}}}).account.id;
  auto mine = report({{"type", "accounts"}, {"id", own}});
  auto about = [&](const json& resource) {
    return answer(question("application", own, "view", resource))["decision"].get<bool>();
  };
  EXPECT_TRUE(about({{"type", "intake/reports"}, {"id", mine}}));
  EXPECT_FALSE(about({{"type", "intake/reports"}, {"id", report()}}));
  // Its own record, whatever it says of it.
  EXPECT_FALSE(about({{"type", "intake/reports"}, {"id", report()}, {"properties", {{"assignee", own}}}}));
  EXPECT_TRUE(about({{"type", "intake/reports"}, {"id", "theirs-17"}, {"properties", {{"assignee", own}}}}));
  EXPECT_TRUE(about({{"type", "intake/reports"}, {"properties", {{"assignee", own}}}}));
  EXPECT_TRUE(about({{"type", "intake/reports"},
                     {"id", "0198f8a0-0000-7000-8000-000000000000"},
                     {"properties", {{"assignee", own}}}}));
  EXPECT_FALSE(about({{"type", "intake/reports"}, {"properties", {{"access_list", {own}}}}}));
  EXPECT_FALSE(about({{"type", "intake/reports"}, {"id", "theirs-17"}}));
  EXPECT_TRUE(about({{"type", "intake/reports"}})) << "to some of them";
}

TEST_F(Evaluation, TakesAUserOrATokenForASubject) {
  auto worker = caller({"intake_worker"});
  auto token = token_of(admin(), worker.account);
  json reports = {{"type", "intake/reports"}};
  EXPECT_EQ(answer(question("token", token, "view", reports))["decision"], true);
  EXPECT_EQ(answer(question("user", user({"intake_observer"}), "view", reports))["decision"], true);
  EXPECT_EQ(answer(question("user", user({"intake_observer"}), "edit", reports))["decision"], false);
  EXPECT_EQ(answer(question("token", token + "x", "view", reports))["context"]["reason"], "invalid_token");
  EXPECT_EQ(answer(question("user", worker.account.id, "view", reports))["context"]["reason"],
            "unknown_subject");
  EXPECT_EQ(answer(question("application", "nobody", "view", reports))["context"]["reason"],
            "unknown_subject");
}

TEST_F(Evaluation, IsNoOnceTheAccountIsDeactivated) {
  auto worker = registered();
  auto asked = question("application", worker.id, "view", {{"type", "intake/reports"}});
  EXPECT_EQ(answer(asked)["decision"], true);
  must(admin().patch("/admin/applications/" + worker.id,
                     document("applications", {{"status", "deactivated"}}, worker.id)),
       200);
  EXPECT_EQ(answer(asked)["context"]["reason"], "account_inactive");
}

TEST_F(Evaluation, AboutOthersOnlyByWhoMaySeeThem) {
  auto worker = caller();
  json reports = {{"type", "intake/reports"}};
  EXPECT_EQ(
      must(ask(*worker.http, question("application", worker.account.id, "view", reports)), 200)["decision"],
      true);
  for (const auto& other : {registered().id, std::string("0198f8a0-0000-7000-8000-000000000000")}) {
    auto refused = ask(*worker.http, question("application", other, "view", reports));
    EXPECT_EQ(refused.status, 403);
    EXPECT_EQ(refused.codes(), "permission_missing");
  }
  EXPECT_EQ(ask(*anonymous(), question("application", worker.account.id, "view", reports)).status, 401);
  auto auditor = caller_with({{"admin.users", {{"view", "all"}}}});
  EXPECT_EQ(ask(*auditor.http, question("user", user(), "view", reports)).status, 200);
  EXPECT_EQ(ask(*auditor.http, question("application", worker.account.id, "view", reports)).status, 403);
}

TEST_F(Evaluation, AnswersManyQuestionsInOrder) {
  auto worker = registered().id;
  json many = {{"subject", {{"type", "application"}, {"id", worker}}},
               {"action", {{"name", "view"}}},
               {"evaluations",
                {{{"resource", {{"type", "intake/reports"}}}},
                 {{"resource", {{"type", "cases/cases"}}}},
                 {{"resource", {{"type", "people/people"}}}},
                 {{"resource", {{"type", "people/people"}}}, {"action", {{"name", "delete"}}}},
                 {{"resource", 7}},
                 "nothing"}}};
  auto decisions = [](const json& answered) {
    std::string text;
    for (const auto& one : answered["evaluations"]) text += one["decision"].get<bool>() ? 'y' : 'n';
    return text;
  };
  auto all = answer(many, "/access/v1/evaluations");
  EXPECT_EQ(decisions(all), "ynynnn");
  EXPECT_EQ(all["evaluations"][4]["context"]["error"]["status"], 400);
  many["options"]["evaluations_semantic"] = "deny_on_first_deny";
  EXPECT_EQ(decisions(answer(many, "/access/v1/evaluations")), "yn");
  many["options"]["evaluations_semantic"] = "permit_on_first_permit";
  EXPECT_EQ(decisions(answer(many, "/access/v1/evaluations")), "y");
  many["options"]["evaluations_semantic"] = "whatever";
  EXPECT_EQ(ask(admin(), many, "/access/v1/evaluations").status, 400);
  EXPECT_EQ(
      answer(question("application", worker, "view", {{"type", "intake/reports"}}), "/access/v1/evaluations"),
      json({{"decision", true}}));
}

TEST_F(Evaluation, RefusesWhatIsNoQuestion) {
  auto worker = registered().id;
  json reports = {{"type", "intake/reports"}};
  for (const json& wrong :
       {json::array(), json::object(), question("robot", worker, "view", reports),
        question("application", worker, "read", reports),
        question("application", worker, "view", {{"id", "x"}}),
        question("application", worker, "view", {{"type", "intake/reports"}, {"properties", 3}}),
        question("application", worker, "view",
                 {{"type", "intake/reports"}, {"properties", {{"assignee", 3}}}}),
        question("application", worker, "view",
                 {{"type", "intake/reports"}, {"properties", {{"access_list", {"x"}}}}})}) {
    EXPECT_EQ(ask(admin(), wrong).status, 400) << wrong;
  }
  EXPECT_EQ(admin().send("POST", "/access/v1/evaluation", "{", {{"Content-Type", "application/json"}}).status,
            400);
  EXPECT_EQ(admin().send("POST", "/access/v1/evaluation", "{}", {{"Content-Type", "text/plain"}}).status,
            415);
  EXPECT_EQ(answer(question("application", worker, "view", {{"type", "intake/frobs"}}))["context"]["reason"],
            "unknown_resource_type");
}

TEST_F(Evaluation, FindsWhoMayAndWhatMay) {
  auto own = caller_with({{"intake", {{"view", "assignments"}, {"edit", "all"}}}}).account.id;
  std::vector<std::string> mine;
  for (int i = 0; i < 5; ++i) mine.push_back(report({{"type", "accounts"}, {"id", own}}));
  report();
  auto search = question("application", own, "edit", {{"type", "intake/reports"}});
  search["page"]["limit"] = 2;
  std::vector<std::string> found;
  for (bool more = true; more;) {
    auto page = answer(search, "/access/v1/search/resource");
    for (const auto& result : page["results"]) found.push_back(result["id"]);
    EXPECT_LE(page["results"].size(), 2U);
    search["page"]["token"] = page["page"]["next_token"];
    more = page["page"]["next_token"] != "";
  }
  EXPECT_EQ(found, mine);
  search["page"]["token"] = "made up";
  EXPECT_EQ(ask(admin(), search, "/access/v1/search/resource").status, 400);

  json who = {{"subject", {{"type", "application"}}},
              {"action", {{"name", "view"}}},
              {"resource", {{"type", "intake/reports"}, {"id", mine[0]}}}};
  std::vector<std::string> subjects;
  const auto subjects_found = answer(who, "/access/v1/search/subject")["results"];
  for (const auto& result : subjects_found) subjects.push_back(result["id"]);
  EXPECT_THAT(subjects, testing::Contains(own));
  EXPECT_THAT(subjects, testing::Not(testing::Contains(registered({"engage_worker"}).id)));

  auto actions = answer(question("application", own, "x", {{"type", "intake/reports"}, {"id", mine[0]}}),
                        "/access/v1/search/action");
  EXPECT_EQ(actions["results"], json({{{"name", "view"}}, {{"name", "edit"}}}));
}

TEST_F(Evaluation, SaysWhereItsEndpointsAre) {
  auto about = must(anonymous()->get("/.well-known/authzen-configuration"), 200);
  EXPECT_EQ(about["policy_decision_point"], service().base());
  EXPECT_EQ(about["access_evaluation_endpoint"], service().base() + "/access/v1/evaluation");
}

TEST_F(Evaluation, TellsNothingOfARecordThatIsHidden) {
  auto viewer = caller_with({{"intake", {{"view", "limited"}}}});
  auto body = document("reports", {{"a", 1}});
  body["data"]["relationships"]["access_list"]["data"] =
      identifiers("accounts", {service().founder().admin_id});
  auto hidden = must(admin().post("/intake/reports", body), 201)["data"]["id"].get<std::string>();
  auto absent = std::string("0198f8a0-0000-7000-8000-000000000000");
  for (const json& claim :
       {json::object(), json{{"assignee", viewer.account.id}}, json{{"access_list", json::array()}}}) {
    std::vector<json> answers;
    for (const auto& id : {hidden, absent}) {
      json resource = {{"type", "intake/reports"}, {"id", id}, {"properties", claim}};
      answers.push_back(
          must(ask(*viewer.http, question("application", viewer.account.id, "view", resource)), 200));
    }
    EXPECT_EQ(answers[0], answers[1]) << claim;
    EXPECT_EQ(answers[0]["decision"], false);
  }
}

TEST_F(Evaluation, TakesABoundedListOnly) {
  json list = json::array();
  for (int i = 0; i < 101; ++i) list.push_back(service().founder().admin_id);
  auto asked = question("user", service().founder().admin_id, "view",
                        {{"type", "intake/reports"}, {"properties", {{"access_list", list}}}});
  EXPECT_EQ(ask(admin(), asked).status, 400);
  asked["evaluations"] = json::array();
  for (int i = 0; i < 1000; ++i) asked["evaluations"].push_back(json::object());
  EXPECT_EQ(answer(asked, "/access/v1/evaluations")["evaluations"].size(), 1000U);
  asked["evaluations"].push_back(json::object());
  EXPECT_EQ(ask(admin(), asked, "/access/v1/evaluations").status, 400);
}

}  // namespace
}  // namespace byline::test
