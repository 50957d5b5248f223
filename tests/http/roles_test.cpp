#include "support/service_suite.hpp"

namespace byline::test {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;

class Roles : public ServiceSuite {
 protected:
  std::string place(const std::string& id) { return "/admin/roles/" + id; }
  Reply create(const json& attributes) { return admin().post("/admin/roles", document("roles", attributes)); }
  Reply change(const std::string& id, const json& attributes) {
    return admin().patch(place(id), document("roles", attributes, id));
  }
};

const json kViewPeople = {{"people", {{"view", "all"}}}};

TEST_F(Roles, TheDefaultOnesAreThereFromTheStart) {
  auto reply = admin().get("/admin/roles?page[size]=100&filter[default_key][ne]=null");
  EXPECT_THAT(values_of(reply, "name"),
              ElementsAre("Admin", "Application Portal User", "Provider Portal User", "Engage Observer",
                          "Engage Worker", "Engage Supervisor", "Intake Observer", "Intake Worker",
                          "Intake Supervisor", "Provider Observer", "Provider Worker", "Provider Supervisor",
                          "Reporting Observer", "Reporting Admin"));
}

TEST_F(Roles, TheDefaultOnesPermitWhatTheFieldExpects) {
  auto permissions = [this](const char* key) {
    return attributes_of(admin().get(place(role(key))))["permissions"];
  };
  EXPECT_EQ(permissions("intake_worker"),
            json({{"people", {{"view", "all"}, {"edit", "all"}, {"create", "all"}}},
                  {"intake", {{"view", "all"}, {"edit", "all"}, {"create", "all"}, {"delete", "all"}}}}));
  EXPECT_EQ(permissions("engage_worker"),
            json({{"people", {{"view", "all"}, {"edit", "all"}, {"create", "all"}}},
                  {"engage", {{"view", "assignments"}, {"edit", "assignments"}, {"create", "all"}}}}));
  EXPECT_EQ(permissions("provider_observer"),
            json({{"people", {{"view", "all"}}}, {"provider_management", {{"view", "all"}}}}));
}

TEST_F(Roles, ACustomRoleIsCreatedAndReadBack) {
  json matrix = {{"intake", {{"view", "limited"}, {"edit", "assignments"}}}, {"people", {{"view", "all"}}}};
  auto reply = create({{"name", "Night desk"}, {"permissions", matrix}});
  ASSERT_EQ(reply.status, 201) << reply.body;
  EXPECT_EQ(attributes_of(reply)["permissions"], matrix);
  EXPECT_EQ(attributes_of(reply)["default_key"], nullptr);
  auto made = reply.json()["data"];
  EXPECT_EQ(admin().get(reply.header("location")).json()["data"], made);
}

TEST_F(Roles, TheLevelNoneIsTheSameAsNothing) {
  auto reply = create({{"name", fresh()}, {"permissions", {{"people", {{"view", "none"}}}}}});
  EXPECT_EQ(attributes_of(reply)["permissions"], json::object());
}

TEST_F(Roles, NameAndPermissionsChange) {
  auto id = custom_role(kViewPeople);
  json matrix = {{"intake", {{"view", "all"}}}};
  auto name = fresh("Renamed");
  auto reply = change(id, {{"name", name}, {"permissions", matrix}});
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(attributes_of(reply)["name"], name);
  EXPECT_EQ(attributes_of(reply)["permissions"], matrix);
}

TEST_F(Roles, NamesAreUniqueInAnOrganizationUpperAndLowerCaseAside) {
  must(create({{"name", "Weekend desk"}, {"permissions", kViewPeople}}), 201);
  auto again = create({{"name", " WEEKEND Desk "}, {"permissions", kViewPeople}});
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(again.places(), "/data/attributes/name role_name_taken");
  auto id = custom_role(kViewPeople);
  EXPECT_EQ(change(id, {{"name", "Intake worker"}}).places(), "/data/attributes/name role_name_taken");
}

TEST_F(Roles, ANameIsFreeAgainOnceItsRoleIsGoneOrRenamed) {
  auto name = fresh("Name");
  auto id = custom_role(kViewPeople);
  must(change(id, {{"name", name}}), 200);
  must(change(id, {{"name", fresh("Name")}}), 200);
  auto next = must(create({{"name", name}, {"permissions", kViewPeople}}), 201)["data"]["id"];
  EXPECT_EQ(admin().remove(place(next)).status, 204);
  EXPECT_EQ(create({{"name", name}, {"permissions", kViewPeople}}).status, 201);
}

TEST_F(Roles, ADeletedOneIsGone) {
  auto id = custom_role(kViewPeople);
  EXPECT_EQ(admin().remove(place(id)).status, 204);
  EXPECT_EQ(admin().get(place(id)).status, 404);
  EXPECT_EQ(admin().remove(place(id)).status, 404);
  EXPECT_THAT(ids_of(admin().get("/admin/roles?filter[id]=" + id)), IsEmpty());
}

TEST_F(Roles, OneThatAnAccountHasCannotBeDeleted) {
  auto id = custom_role(kViewPeople);
  auto application = registered();
  auto give = [&](const std::string& given) {
    return admin().patch("/admin/applications/" + application.id,
                         with_roles(document("applications", json::object(), application.id), {given}));
  };
  must(give(id), 200);
  auto refused = admin().remove(place(id));
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(refused.codes(), "role_in_use");
  must(give(role("intake_worker")), 200);
  EXPECT_EQ(admin().remove(place(id)).status, 204);
}

TEST_F(Roles, ADeactivatedAccountHoldsItsRolesADeletedOneDoesNot) {
  auto caller = caller_with(kViewPeople);
  auto path = "/admin/applications/" + caller.account.id;
  auto id = admin().get(path).json()["data"]["relationships"]["roles"]["data"][0]["id"].get<std::string>();
  must(admin().patch(path, document("applications", {{"status", "deactivated"}}, caller.account.id)), 200);
  EXPECT_EQ(admin().remove(place(id)).codes(), "role_in_use");
  EXPECT_EQ(admin().remove(path).status, 204);
  EXPECT_EQ(admin().remove(place(id)).status, 204);
}

TEST_F(Roles, FixedOnesCannotBeChangedOrDeleted) {
  for (const char* key : {"admin", "application_portal_user", "provider_portal_user", "reporting_observer",
                          "reporting_admin"}) {
    auto id = role(key);
    auto changed = change(id, {{"permissions", kViewPeople}});
    EXPECT_EQ(changed.status, 403) << key;
    EXPECT_EQ(changed.codes(), "role_locked") << key;
    EXPECT_EQ(change(id, {{"name", "Mine"}}).codes(), "role_locked") << key;
    EXPECT_EQ(admin().remove(place(id)).codes(), "role_locked") << key;
  }
}

TEST_F(Roles, TheOtherDefaultOnesCanBeChangedButNotDeleted) {
  auto id = role("provider_observer");
  EXPECT_EQ(change(id, {{"permissions", kViewPeople}}).status, 200);
  EXPECT_EQ(admin().remove(place(id)).codes(), "role_locked");
}

TEST_F(Roles, EveryFaultOfAMatrixIsToldWithItsPlace) {
  auto reply = create({{"name", fresh()},
                       {"permissions",
                        {{"kitchen", {{"view", "all"}}},
                         {"people", {{"cook", "all"}, {"view", "sometimes"}, {"edit", 1}}},
                         {"intake", "all"},
                         {"reporting", {{"view", "limited"}}}}}});
  EXPECT_EQ(reply.status, 422);
  EXPECT_EQ(reply.places(),
            "/data/attributes/permissions/intake invalid_type; "
            "/data/attributes/permissions/kitchen invalid_value; "
            "/data/attributes/permissions/people/cook invalid_value; "
            "/data/attributes/permissions/people/edit invalid_value; "
            "/data/attributes/permissions/people/view invalid_value; "
            "/data/attributes/permissions/reporting/view invalid_value");
}

TEST_F(Roles, AMatrixMustBeGivenAndBeAnObject) {
  EXPECT_EQ(create({{"name", fresh()}}).places(), "/data/attributes/permissions required");
  for (const json& wrong : {json(nullptr), json("all"), json::array({"people"}), json(7)}) {
    EXPECT_EQ(create({{"name", fresh()}, {"permissions", wrong}}).places(),
              "/data/attributes/permissions invalid_type")
        << wrong;
  }
}

}  // namespace
}  // namespace byline::test
