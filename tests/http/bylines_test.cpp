#include "support/service_suite.hpp"

namespace byline::test {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::MatchesRegex;

/// How records are signed.
class Bylines : public ServiceSuite {
 protected:
  static std::string make_record(HttpClient& by) {
    auto made = must(by.post("/people/people", document("people", {{"name", "Ann"}})), 201);
    return "/people/people/" + made["data"]["id"].get<std::string>();
  }
  static json change(HttpClient& by, const std::string& path, const json& attributes) {
    return must(by.patch(path, document("people", attributes, path.substr(path.rfind('/') + 1))), 200);
  }
  json rename(const std::string& application, const std::string& name) {
    return must(admin().patch("/admin/applications/" + application,
                              document("applications", {{"name", name}}, application)),
                200);
  }
  std::string name_of(const Caller& caller) {
    return attributes_of(admin().get("/admin/applications/" + caller.account.id))["name"];
  }
  static std::string account_of(const json& document, const std::string& relationship) {
    return document["data"]["relationships"][relationship]["data"]["id"];
  }
};

TEST_F(Bylines, ARecordShowsWhoBroughtItForthAndWhen) {
  auto application = caller();
  auto path = make_record(*application.http);
  auto record = must(admin().get(path), 200);
  auto attributes = record["data"]["attributes"];
  EXPECT_EQ(attributes["created_by"], name_of(application));
  EXPECT_EQ(attributes["last_updated_by"], name_of(application));
  EXPECT_THAT(attributes["created_at"].get<std::string>(),
              MatchesRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{6}Z"));
  EXPECT_EQ(attributes["last_updated_at"], attributes["created_at"]);
  EXPECT_EQ(account_of(record, "created_by_account"), application.account.id);
  EXPECT_EQ(account_of(record, "last_updated_by_account"), application.account.id);
}

TEST_F(Bylines, ALaterChangeIsSignedByWhoMadeItAndTheCreatorStays) {
  auto first = caller();
  auto second = caller();
  auto path = make_record(*first.http);
  auto before = attributes_of(admin().get(path));
  auto after = change(*second.http, path, {{"name", "Bea"}});
  EXPECT_EQ(after["data"]["attributes"]["created_by"], name_of(first));
  EXPECT_EQ(after["data"]["attributes"]["created_at"], before["created_at"]);
  EXPECT_EQ(after["data"]["attributes"]["last_updated_by"], name_of(second));
  EXPECT_GT(after["data"]["attributes"]["last_updated_at"], before["last_updated_at"]);
  EXPECT_EQ(account_of(after, "created_by_account"), first.account.id);
  EXPECT_EQ(account_of(after, "last_updated_by_account"), second.account.id);
}

TEST_F(Bylines, AnAdministratorIsNamedWhereAPersonDidIt) {
  auto application = caller();
  auto path = make_record(*application.http);
  auto after = change(admin(), path, {{"name", "Bea"}});
  EXPECT_EQ(after["data"]["attributes"]["created_by"], name_of(application));
  EXPECT_EQ(after["data"]["attributes"]["last_updated_by"], "Ada Moreno");
  EXPECT_EQ(account_of(after, "last_updated_by_account"), service().founder().admin_id);
}

TEST_F(Bylines, ARenamedApplicationsRecordsSignWithItsNewName) {
  auto application = caller();
  std::vector<std::string> paths = {make_record(*application.http), make_record(*application.http)};
  auto before = must(admin().get(paths[0]), 200);
  auto name = fresh("Renamed");
  rename(application.account.id, name);
  for (const auto& path : paths) {
    auto attributes = attributes_of(admin().get(path));
    EXPECT_EQ(attributes["created_by"], name);
    EXPECT_EQ(attributes["last_updated_by"], name);
    EXPECT_EQ(attributes["last_updated_at"], attributes["created_at"]);
  }
  EXPECT_EQ(values_of(admin().get("/people/people?filter[created_by]=" + name), "name").size(), 2U);
  EXPECT_EQ(admin().get(paths[0]).header("etag"), "\"1\"");
}

TEST_F(Bylines, ADeletedApplicationsNameStaysForEver) {
  auto application = caller();
  auto path = make_record(*application.http);
  auto name = name_of(application);
  must(admin().remove("/admin/applications/" + application.account.id), 204);
  auto record = must(admin().get(path + "?include=created_by_account"), 200);
  EXPECT_EQ(record["data"]["attributes"]["created_by"], name);
  EXPECT_EQ(record["data"]["attributes"]["last_updated_by"], name);
  ASSERT_EQ(record["included"].size(), 1U);
  EXPECT_EQ(record["included"][0]["attributes"],
            json({{"name", name}, {"kind", "application"}, {"status", "deleted"}}));
}

TEST_F(Bylines, AHeirOfANameOrAddressIsNotTheOneWhoSigned) {
  auto application = caller();
  auto path = make_record(*application.http);
  auto account = attributes_of(admin().get("/admin/applications/" + application.account.id));
  must(admin().remove("/admin/applications/" + application.account.id), 204);
  must(admin().post("/admin/applications", application_document(account["name"], account["email"])), 201);
  EXPECT_EQ(account_of(must(admin().get(path), 200), "created_by_account"), application.account.id);
}

TEST_F(Bylines, ADeactivatedApplicationStillSigns) {
  auto application = caller();
  auto path = make_record(*application.http);
  auto name = name_of(application);
  must(admin().patch("/admin/applications/" + application.account.id,
                     document("applications", {{"status", "deactivated"}}, application.account.id)),
       200);
  EXPECT_EQ(attributes_of(admin().get(path))["created_by"], name);
}

TEST_F(Bylines, ACallerCannotSetThem) {
  const json forged = {{"created_by", "Somebody"},
                       {"created_at", "2001-01-01T00:00:00Z"},
                       {"last_updated_by", "Somebody"},
                       {"last_updated_at", "2001-01-01T00:00:00Z"}};
  auto path = make_record(admin());
  auto id = path.substr(path.rfind('/') + 1);
  for (const auto& reply : {admin().post("/people/people", document("people", forged)),
                            admin().patch(path, document("people", forged, id))}) {
    EXPECT_EQ(reply.status, 422);
    EXPECT_EQ(reply.places(),
              "/data/attributes/created_at read_only; /data/attributes/created_by read_only; "
              "/data/attributes/last_updated_at read_only; "
              "/data/attributes/last_updated_by read_only");
  }
  EXPECT_EQ(attributes_of(admin().get(path))["created_by"], "Ada Moreno");
}

TEST_F(Bylines, ACallerCannotSetTheAccountsBehindThem) {
  auto path = make_record(admin());
  auto sent = document("people", {{"name", "Bea"}}, path.substr(path.rfind('/') + 1));
  sent["data"]["relationships"]["created_by_account"]["data"] = {{"type", "accounts"},
                                                                 {"id", registered().id}};
  auto refused = admin().patch(path, sent);
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(refused.places(), "/data/relationships/created_by_account read_only");
  auto as_attribute = admin().post("/people/people", document("people", {{"created_by_account", "x"}}));
  EXPECT_EQ(as_attribute.places(), "/data/attributes/created_by_account read_only");
}

TEST_F(Bylines, WhatIsAdministeredIsSignedTheSameWay) {
  auto administrating = caller({"admin"});
  auto id = registered().id;
  auto path = "/admin/applications/" + id;
  auto reply = administrating.http->patch(path, document("applications", {{"description", "x"}}, id));
  EXPECT_EQ(attributes_of(reply)["created_by"], "Ada Moreno");
  EXPECT_EQ(attributes_of(reply)["last_updated_by"], name_of(administrating));
}

}  // namespace
}  // namespace byline::test
