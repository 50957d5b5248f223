#include "support/service_suite.hpp"

namespace byline::test {
namespace {

using nlohmann::json;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::Not;

class Applications : public ServiceSuite {
 protected:
  std::string place(const Registered& application) { return "/admin/applications/" + application.id; }
  Reply change(const Registered& application, const json& attributes) {
    return admin().patch(place(application), document("applications", attributes, application.id));
  }
};

TEST_F(Applications, AnAdministratorRegistersOneAndReadsItBack) {
  auto email = fresh("intake+casebook") + "@example.org";
  auto sent = account_document("applications", "Nightly intake import", email, {role("intake_worker")});
  sent["data"]["attributes"]["url"] = "https://import.example.org/nightly";
  sent["data"]["attributes"]["description"] = "Brings the day's reports over.\nRuns at two.";
  auto reply = admin().post("/admin/applications", sent);

  ASSERT_EQ(reply.status, 201) << reply.body;
  EXPECT_EQ(reply.header("content-type"), "application/vnd.api+json");
  auto made = reply.json()["data"];
  auto attributes = made["attributes"];
  EXPECT_EQ(made["type"], "applications");
  EXPECT_EQ(attributes["name"], "Nightly intake import");
  EXPECT_EQ(attributes["email"], email);
  EXPECT_EQ(attributes["url"], "https://import.example.org/nightly");
  EXPECT_EQ(attributes["description"], "Brings the day's reports over.\nRuns at two.");
  EXPECT_EQ(attributes["client_id"], made["id"]);
  EXPECT_EQ(attributes["status"], "active");
  EXPECT_EQ(attributes["created_by"], "Ada Moreno");
  EXPECT_EQ(attributes["last_updated_by"], "Ada Moreno");
  EXPECT_EQ(attributes["last_updated_at"], attributes["created_at"]);
  EXPECT_EQ(attributes["version"], 1);
  EXPECT_EQ(attributes.size(), 17U);
  EXPECT_EQ(made["relationships"]["roles"]["data"], identifiers("roles", {role("intake_worker")}));

  auto place = "/admin/applications/" + made["id"].get<std::string>();
  EXPECT_EQ(reply.header("location"), place);
  EXPECT_EQ(made["links"]["self"], place);
  EXPECT_EQ(admin().get(place).json()["data"], made);
}

TEST_F(Applications, TheSecretIsShownOnceOnly) {
  auto reply = admin().post("/admin/applications", application_document(fresh("Once"), fresh_email()));
  auto answer = must(reply, 201);
  std::string secret = answer["meta"]["client_secret"];
  ASSERT_THAT(secret, Not(IsEmpty()));
  EXPECT_EQ(answer["data"].dump().find(secret), std::string::npos);

  Registered application{answer["data"]["id"], secret};
  for (const auto& later :
       {admin().get(place(application)), admin().get("/admin/applications?page[size]=100"),
        change(application, {{"description", "seen again"}}),
        admin().get("/admin/audit-events?page[size]=100&sort=-position")}) {
    EXPECT_EQ(later.status, 200);
    EXPECT_EQ(later.body.find(secret), std::string::npos);
    EXPECT_EQ(later.body.find("client_secret"), std::string::npos);
  }
  EXPECT_EQ(service().log().find(secret), std::string::npos);
}

TEST_F(Applications, UrlAndDescriptionMayBeLeftOutAndAreNullThen) {
  auto reply = admin().post("/admin/applications", application_document(fresh("Plain"), fresh_email()));
  EXPECT_EQ(attributes_of(reply)["url"], nullptr);
  EXPECT_EQ(attributes_of(reply)["description"], nullptr);
}

TEST_F(Applications, EachAttributeIsChangedByItselfAndTheRestStays) {
  auto application = registered();
  auto before = attributes_of(admin().get(place(application)));
  auto email = fresh_email();
  const std::vector<std::pair<std::string, json>> changes = {
      {"name", "Another name"}, {"email", email}, {"url", "http://example.org"}, {"description", "Why"}};
  int version = 1;
  for (const auto& [name, value] : changes) {
    auto after = attributes_of(change(application, {{name, value}}));
    EXPECT_EQ(after[name], value);
    EXPECT_EQ(after["version"], ++version);
    before[name] = value;
    before["version"] = version;
    before["last_updated_at"] = after["last_updated_at"];
    EXPECT_EQ(after, before) << name;
  }
}

TEST_F(Applications, NullAndTheEmptyTextTakeUrlAndDescriptionAway) {
  auto application = registered();
  must(change(application, {{"url", "http://example.org"}, {"description", "Why"}}), 200);
  auto after = attributes_of(change(application, {{"url", nullptr}, {"description", ""}}));
  EXPECT_EQ(after["url"], nullptr);
  EXPECT_EQ(after["description"], nullptr);
}

TEST_F(Applications, ItsRolesAreReplacedAsAWhole) {
  auto application = registered({"intake_worker", "reporting_observer"});
  auto sent = with_roles(document("applications", json::object(), application.id),
                         {role("provider_worker"), role("intake_observer")});
  auto reply = admin().patch(place(application), sent);
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.json()["data"]["relationships"]["roles"]["data"],
            identifiers("roles", {role("provider_worker"), role("intake_observer")}));
}

TEST_F(Applications, AChangeThatChangesNothingLeavesVersionAndBylineAlone) {
  auto application = registered();
  auto before = admin().get(place(application));
  auto same = attributes_of(before);
  auto reply = change(application, {{"name", same["name"]}, {"email", same["email"]}, {"status", "active"}});
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.json()["data"], before.json()["data"]);
  EXPECT_EQ(reply.header("etag"), before.header("etag"));
}

TEST_F(Applications, ADeactivatedOneIsShutOutUntilItIsReactivated) {
  auto application = caller();
  EXPECT_EQ(attributes_of(change(application.account, {{"status", "deactivated"}}))["status"], "deactivated");
  EXPECT_EQ(application.http->get("/people/people").codes(), "account_inactive");
  auto refused = anonymous()->post_form("/oauth2/token", {{"grant_type", "client_credentials"},
                                                          {"client_id", application.account.id},
                                                          {"client_secret", application.account.secret}});
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(refused.json()["error"], "invalid_client");

  EXPECT_EQ(attributes_of(change(application.account, {{"status", "active"}}))["status"], "active");
  EXPECT_EQ(application.http->get("/people/people").status, 200);
}

TEST_F(Applications, ADeletedOneIsGoneAndItsAddressIsFree) {
  auto application = caller();
  auto email = attributes_of(admin().get(place(application.account)))["email"].get<std::string>();
  auto reply = admin().remove(place(application.account));
  EXPECT_EQ(reply.status, 204);
  EXPECT_THAT(reply.body, IsEmpty());
  EXPECT_THAT(reply.header("byline-position"), MatchesRegex("[0-9]+"));

  EXPECT_EQ(admin().get(place(application.account)).status, 404);
  EXPECT_EQ(admin().remove(place(application.account)).status, 404);
  EXPECT_EQ(change(application.account, {{"name", "Back"}}).status, 404);
  EXPECT_EQ(application.http->get("/people/people").status, 401);
  EXPECT_THAT(ids_of(admin().get("/admin/applications?filter[id]=" + application.account.id)), IsEmpty());

  auto again = admin().post("/admin/applications", application_document(fresh("Heir"), email));
  EXPECT_EQ(again.status, 201) << again.body;
}

TEST_F(Applications, AnUnknownOneIsNotFoundWhateverItsIdLooksLike) {
  for (const char* id : {"0198f8a0-0000-7000-8000-000000000000", "17", "not-an-id", "%20", "' OR 1=1"}) {
    auto path = "/admin/applications/" + std::string(id == std::string("' OR 1=1") ? "%27%20OR%201=1" : id);
    EXPECT_EQ(admin().get(path).codes(), "not_found") << id;
    EXPECT_EQ(admin().patch(path, document("applications", {{"name", "x"}}, id)).codes(), "not_found") << id;
    EXPECT_EQ(admin().remove(path).codes(), "not_found") << id;
  }
}

TEST_F(Applications, RolesAreIncludedOnRequestEachOnce) {
  auto first = registered({"intake_worker", "reporting_observer"});
  auto second = registered({"intake_worker"});
  auto one = admin().get(place(first) + "?include=roles&fields[roles]=name").json();
  ASSERT_EQ(one["included"].size(), 2U);
  EXPECT_EQ(one["included"][0]["attributes"], json({{"name", "Intake Worker"}}));
  EXPECT_EQ(one["included"][0]["id"], role("intake_worker"));

  auto list = admin().get("/admin/applications?include=roles&filter[roles]=" + role("intake_worker") +
                          "&page[size]=100");
  std::vector<std::string> included;
  auto answer = must(list, 200);
  for (const auto& resource : answer["included"]) included.push_back(resource["id"]);
  EXPECT_THAT(included, testing::UnorderedElementsAre(role("intake_worker"), role("reporting_observer")));
  EXPECT_THAT(ids_of(list), testing::IsSupersetOf({first.id, second.id}));
}

TEST_F(Applications, AnEmptyIncludeIncludesNothing) {
  auto answer = must(admin().get(place(registered()) + "?include="), 200);
  EXPECT_TRUE(!answer.contains("included") || answer["included"].empty());
}

}  // namespace
}  // namespace byline::test
