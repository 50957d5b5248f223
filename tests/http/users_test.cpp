#include "support/service_suite.hpp"

namespace byline::test {
namespace {

using nlohmann::json;
using testing::IsEmpty;

class Users : public ServiceSuite {
 protected:
  std::string place(const std::string& id) { return "/admin/users/" + id; }
  Reply change(const std::string& id, const json& attributes) {
    return admin().patch(place(id), document("users", attributes, id));
  }
};

TEST_F(Users, AnAdministratorCreatesOneAndReadsItBack) {
  auto email = fresh_email();
  auto reply = admin().post("/admin/users",
                            account_document("users", "Siobhán O’Brien", email, {role("intake_worker")}));
  ASSERT_EQ(reply.status, 201) << reply.body;
  auto made = reply.json()["data"];
  EXPECT_EQ(made["type"], "users");
  EXPECT_EQ(made["attributes"]["name"], "Siobhán O’Brien");
  EXPECT_EQ(made["attributes"]["email"], email);
  EXPECT_EQ(made["attributes"]["status"], "active");
  EXPECT_EQ(made["attributes"]["created_by"], "Ada Moreno");
  EXPECT_EQ(made["attributes"]["version"], 1);
  EXPECT_EQ(made["relationships"]["roles"]["data"], identifiers("roles", {role("intake_worker")}));
  EXPECT_EQ(reply.header("location"), place(made["id"]));
  EXPECT_EQ(reply.header("etag"), "\"1\"");
  EXPECT_EQ(admin().get(place(made["id"])).json()["data"], made);
}

TEST_F(Users, ANewOneSignsInWithTheTokenOfItsAnswer) {
  auto sent = account_document("users", "Zoë", fresh_email(), {role("admin")});
  auto made = must(admin().post("/admin/users", sent), 201);
  auto zoe = service().client(made["meta"]["access_token"]);
  EXPECT_EQ(zoe->get("/admin/users").status, 200);
  auto again = must(admin().get("/admin/users/" + made["data"]["id"].get<std::string>()), 200);
  EXPECT_FALSE(again.contains("meta")) << "it is told once";
}

TEST_F(Users, TheFirstAdministratorIsThereFromTheStart) {
  auto first = admin().get(place(service().founder().admin_id));
  ASSERT_EQ(first.status, 200) << first.body;
  EXPECT_EQ(attributes_of(first)["name"], "Ada Moreno");
  EXPECT_EQ(attributes_of(first)["email"], "ada@example.org");
  EXPECT_EQ(attributes_of(first)["created_by"], "System");
  EXPECT_THAT(first.json()["data"]["relationships"]["roles"]["data"],
              testing::Contains(identifiers("roles", {role("admin")})[0]));
}

TEST_F(Users, NameEmailRolesAndStatusChange) {
  auto id = user();
  auto email = fresh_email();
  auto sent =
      with_roles(document("users", {{"name", "New"}, {"email", email}, {"status", "deactivated"}}, id),
                 {role("engage_worker")});
  auto reply = admin().patch(place(id), sent);
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(attributes_of(reply)["name"], "New");
  EXPECT_EQ(attributes_of(reply)["email"], email);
  EXPECT_EQ(attributes_of(reply)["status"], "deactivated");
  EXPECT_EQ(reply.json()["data"]["relationships"]["roles"]["data"],
            identifiers("roles", {role("engage_worker")}));
  EXPECT_EQ(attributes_of(change(id, {{"status", "active"}}))["status"], "active");
}

TEST_F(Users, ADeletedOneIsGoneAndItsAddressIsFree) {
  auto id = user();
  auto email = attributes_of(admin().get(place(id)))["email"].get<std::string>();
  EXPECT_EQ(admin().remove(place(id)).status, 204);
  EXPECT_EQ(admin().get(place(id)).status, 404);
  EXPECT_EQ(admin().remove(place(id)).status, 404);
  EXPECT_THAT(ids_of(admin().get("/admin/users?filter[id]=" + id)), IsEmpty());
  EXPECT_EQ(admin().post("/admin/applications", application_document(fresh("Heir"), email)).status, 201);
}

TEST_F(Users, UsersAndApplicationsAreNotEachOther) {
  auto person = user();
  auto application = registered();
  EXPECT_EQ(admin().get("/admin/applications/" + person).status, 404);
  EXPECT_EQ(admin().remove("/admin/applications/" + person).status, 404);
  EXPECT_EQ(admin().get(place(application.id)).status, 404);
  EXPECT_EQ(change(application.id, {{"name", "x"}}).status, 404);
  EXPECT_EQ(admin().remove(place(application.id)).status, 404);
  EXPECT_THAT(ids_of(admin().get("/admin/users?filter[id]=" + application.id)), IsEmpty());
}

TEST_F(Users, AnAddressBelongsToOneAccountUsersAndApplicationsAlike) {
  auto taken = attributes_of(admin().get(place(user())))["email"].get<std::string>();
  auto of_application = fresh_email();
  must(admin().post("/admin/applications", application_document(fresh("Holder"), of_application)), 201);
  for (const auto& email :
       {taken, of_application, std::string("ada@example.org"), std::string("ADA@EXAMPLE.ORG")}) {
    auto as_user =
        admin().post("/admin/users", account_document("users", "X", email, {role("intake_worker")}));
    EXPECT_EQ(as_user.status, 409) << email;
    EXPECT_EQ(as_user.places(), "/data/attributes/email email_taken");
    auto as_application = admin().post("/admin/applications", application_document("X", email));
    EXPECT_EQ(as_application.status, 409) << email;
    EXPECT_EQ(change(user(), {{"email", email}}).places(), "/data/attributes/email email_taken");
  }
}

TEST_F(Users, AnAccountMayRespellItsOwnAddress) {
  auto id = user();
  auto email = attributes_of(admin().get(place(id)))["email"].get<std::string>();
  email[0] = 'A';
  auto reply = change(id, {{"email", email}});
  EXPECT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(attributes_of(reply)["email"], email);
}

}  // namespace
}  // namespace byline::test
