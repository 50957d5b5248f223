// Attempts of an account to get more than it was given.

#include "support/service_suite.hpp"

namespace byline::test {
namespace {

using nlohmann::json;

class Escalation : public ServiceSuite {
 protected:
  /// May administer everything about accounts and roles, and work with nothing.
  Caller delegate() {
    json all = {{"view", "all"}, {"edit", "all"}, {"create", "all"}, {"delete", "all"}};
    return caller_with({{"admin.applications", all}, {"admin.users", all}, {"admin.roles", all}});
  }
};

TEST_F(Escalation, NobodyGivesRolesThatSayMoreThanTheirOwn) {
  auto robot = delegate();
  auto powerful = account_document("applications", fresh("More"), fresh_email(), {role("intake_worker")});
  EXPECT_EQ(robot.http->post("/admin/applications", powerful).codes(), "role_exceeds_giver");
  powerful = account_document("users", fresh("More"), fresh_email(), {role("admin")});
  EXPECT_EQ(robot.http->post("/admin/users", powerful).codes(), "role_exceeds_giver");
  auto own =
      with_roles(document("applications", json::object(), robot.account.id), {role("engage_observer")});
  EXPECT_EQ(robot.http->patch("/admin/applications/" + robot.account.id, own).codes(), "role_exceeds_giver");
}

TEST_F(Escalation, NobodyWritesIntoTheirOwnRoleWhatTheyMayNotDo) {
  auto robot = delegate();
  auto roles = must(robot.http->get("/admin/applications/" + robot.account.id),
                    200)["data"]["relationships"]["roles"]["data"];
  std::string id = roles[0]["id"];
  auto permissions = attributes_of(robot.http->get("/admin/roles/" + id))["permissions"];
  permissions["people"]["view"] = "limited";
  EXPECT_EQ(
      robot.http->patch("/admin/roles/" + id, document("roles", {{"permissions", permissions}}, id)).codes(),
      "role_exceeds_giver");
  auto copy = document("roles", {{"name", fresh("Copy")}});
  copy["data"]["relationships"]["copied_from"]["data"] = {{"type", "roles"}, {"id", role("intake_worker")}};
  EXPECT_THAT(robot.http->post("/admin/roles", copy).codes(), testing::HasSubstr("role_exceeds_giver"));
  EXPECT_EQ(
      robot.http->patch("/admin/roles/" + role("admin"), document("roles", {{"name", "Mine"}}, role("admin")))
          .codes(),
      "role_locked");
}

TEST_F(Escalation, ReservedAndUnknownMembersAreRefusedNotPassedOver) {
  for (const char* name : {"client_id", "created_by", "version", "last_updated_at"}) {
    auto made = application_document(fresh("Application"), fresh_email());
    made["data"]["attributes"][name] = "x";
    EXPECT_EQ(admin().post("/admin/applications", made).codes(), "read_only") << name;
  }
  for (const char* name : {"organization", "permissions", "is_admin", "secret"}) {
    auto made = application_document(fresh("Application"), fresh_email());
    made["data"]["attributes"][name] = "x";
    EXPECT_EQ(admin().post("/admin/applications", made).codes(), "unknown_member") << name;
  }
  auto made =
      document("roles", {{"name", fresh("Role")}, {"permissions", json::object()}, {"default_key", "admin"}});
  EXPECT_EQ(admin().post("/admin/roles", made).codes(), "read_only");
  auto record = document("reports", {{"created_by", "somebody else"}});
  EXPECT_EQ(admin().post("/intake/reports", record).codes(), "read_only");
  record = document("reports", {{"a", 1}});
  record["data"]["relationships"]["created_by_account"]["data"] = {{"type", "accounts"},
                                                                   {"id", service().founder().admin_id}};
  EXPECT_EQ(admin().post("/intake/reports", record).codes(), "read_only");
}

TEST_F(Escalation, ARoleNameIsTakenHoweverItIsWritten) {
  // In other cases, in wide letters, with blanks around it, with a Cyrillic letter for the Latin one.
  for (const char* name :
       {"intake worker", "INTAKE WORKER", " Intake Worker ", "\uff29ntake Worker", "Int\u0430ke Worker",
        "Intake  Worker", "lntake Worker", "1ntake Worker", "\u0406ntake W\u043erker"}) {
    auto refused =
        admin().post("/admin/roles", document("roles", {{"name", name}, {"permissions", json::object()}}));
    EXPECT_EQ(refused.codes(), "role_name_taken") << name;
  }
}

TEST_F(Escalation, AnEditorWithALimitedLevelDoesNotOpenWhatIsClosedToIt) {
  auto editor = caller_with({{"intake", {{"view", "limited"}, {"edit", "limited"}}}});
  auto body = document("reports", {{"a", 1}});
  body["data"]["relationships"]["access_list"]["data"] =
      identifiers("accounts", {service().founder().admin_id});
  auto id = must(admin().post("/intake/reports", body), 201)["data"]["id"].get<std::string>();
  auto change = document("reports", json::object(), id);
  change["data"]["relationships"]["access_list"]["data"] = json::array();
  EXPECT_EQ(editor.http->patch("/intake/reports/" + id, change).status, 404);
  change = document("reports", json::object(), id);
  change["data"]["relationships"]["assignee"]["data"] = {{"type", "accounts"}, {"id", editor.account.id}};
  EXPECT_EQ(editor.http->patch("/intake/reports/" + id, change).status, 404);
}

}  // namespace
}  // namespace byline::test
