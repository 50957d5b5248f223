// Owner, tags, end, networks and token lifetime of an application.

#include <thread>

#include "engine/clock.hpp"
#include "support/service_suite.hpp"

namespace byline::test {
namespace {

using nlohmann::json;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

class ApplicationSettings : public ServiceSuite {
 protected:
  Reply change(const std::string& id, json attributes) {
    return admin().patch("/admin/applications/" + id, document("applications", std::move(attributes), id));
  }
  static std::string in_seconds(int seconds) {
    return to_string(Time{system_now().micros + seconds * 1'000'000LL});
  }
};

TEST_F(ApplicationSettings, AreGivenAtRegistrationAndChangedLater) {
  auto sent = application_document(fresh("Settled"), fresh_email());
  sent["data"]["attributes"].update({{"tags", {"nightly", "Zürich"}},
                                     {"expires_at", "2031-05-01T00:00:00Z"},
                                     {"networks", {"127.0.0.1", "2001:DB8:0::/32"}},
                                     {"token_lifetime", 600},
                                     {"rate_limit", 50}});
  auto owner = service().founder().admin_id;
  sent["data"]["relationships"]["owner"]["data"] = {{"type", "accounts"}, {"id", owner}};
  auto made = must(admin().post("/admin/applications", sent), 201)["data"];
  EXPECT_EQ(made["attributes"]["tags"], json({"nightly", "Zürich"}));
  EXPECT_EQ(made["attributes"]["networks"], json({"127.0.0.1/32", "2001:db8::/32"}));
  EXPECT_EQ(made["attributes"]["token_lifetime"], 600);
  EXPECT_EQ(made["attributes"]["rate_limit"], 50);
  EXPECT_EQ(made["relationships"]["owner"]["data"]["id"], owner);
  std::string id = made["id"];
  auto included = must(admin().get("/admin/applications/" + id + "?include=owner"), 200)["included"];
  ASSERT_EQ(included.size(), 1U);
  EXPECT_EQ(included[0]["attributes"]["name"], "Ada Moreno");

  auto cleared = must(change(id, {{"tags", json::array()},
                                  {"expires_at", nullptr},
                                  {"networks", json::array()},
                                  {"token_lifetime", nullptr},
                                  {"rate_limit", nullptr}}),
                      200)["data"]["attributes"];
  EXPECT_EQ(cleared["tags"], json::array());
  for (const char* name : {"expires_at", "token_lifetime", "rate_limit"})
    EXPECT_TRUE(cleared[name].is_null()) << name;
}

TEST_F(ApplicationSettings, AreFilteredBy) {
  auto tagged = registered();
  must(change(tagged.id, {{"tags", {"blue", "red"}}, {"token_lifetime", 777}, {"networks", {"127.0.0.0/8"}}}),
       200);
  auto plain = registered();
  for (const char* filter : {"filter[tags]=red", "filter[token_lifetime]=777", "filter[networks]=127.0.0.0/8",
                             "filter[tags][contains]=blue"}) {
    auto found = ids_of(admin().get(std::string("/admin/applications?page[size]=100&") + filter));
    EXPECT_THAT(found, Contains(tagged.id)) << filter;
    EXPECT_THAT(found, Not(Contains(plain.id))) << filter;
  }
  auto without = ids_of(admin().get("/admin/applications?page[size]=100&filter[tags][ne]=red"));
  EXPECT_THAT(without, Not(Contains(tagged.id)));
  EXPECT_THAT(without, Contains(plain.id));
}

TEST_F(ApplicationSettings, WhatMakesNoSenseIsRefusedWithItsPlace) {
  auto id = registered().id;
  auto places = [&](json attributes) { return change(id, std::move(attributes)).places(); };
  EXPECT_EQ(places({{"tags", "x"}}), "/data/attributes/tags invalid_type");
  EXPECT_EQ(places({{"tags", {"a", 1}}}), "/data/attributes/tags/1 invalid_type");
  EXPECT_EQ(places({{"tags", {"a", "a"}}}), "/data/attributes/tags/1 duplicate_value");
  EXPECT_EQ(places({{"tags", json::array({""})}}), "/data/attributes/tags/0 required");
  EXPECT_EQ(places({{"tags", json(51, "x")}}), "/data/attributes/tags too_long");
  EXPECT_EQ(places({{"networks", {"10.0.0.1/8"}}}), "/data/attributes/networks/0 invalid_value");
  EXPECT_EQ(places({{"networks", {"10.0.0.0/33"}}}), "/data/attributes/networks/0 invalid_value");
  EXPECT_EQ(places({{"networks", {"example.org"}}}), "/data/attributes/networks/0 invalid_value");
  EXPECT_EQ(places({{"expires_at", "2020-01-01T00:00:00Z"}}), "/data/attributes/expires_at invalid_value");
  EXPECT_EQ(places({{"token_lifetime", 59}}), "/data/attributes/token_lifetime invalid_value");
  EXPECT_EQ(places({{"token_lifetime", 86401}}), "/data/attributes/token_lifetime invalid_value");
  EXPECT_EQ(places({{"token_lifetime", 60.5}}), "/data/attributes/token_lifetime invalid_value");
  EXPECT_EQ(places({{"rate_limit", 0}}), "/data/attributes/rate_limit invalid_value");
  EXPECT_EQ(places({{"rate_limit", 18446744073709551615ULL}}), "/data/attributes/rate_limit invalid_value");
  auto owned = document("applications", json::object(), id);
  owned["data"]["relationships"]["owner"]["data"] = {{"type", "accounts"}, {"id", id}};
  EXPECT_EQ(admin().patch("/admin/applications/" + id, owned).places(),
            "/data/relationships/owner/data unknown_account")
      << "an application answers for nobody";
}

TEST_F(ApplicationSettings, TheEndDeactivatesByItself) {
  auto application = registered();
  auto client = sign_in(application);
  ASSERT_EQ(client.http->get("/intake/reports").status, 200);
  must(change(application.id, {{"expires_at", in_seconds(1)}}), 200);
  // Nobody does anything meanwhile: it is found so by itself.
  std::string status = "active";
  for (int tries = 0; tries < 500 && status == "active"; ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    status = must(admin().get("/admin/applications/" + application.id), 200)["data"]["attributes"]["status"];
  }
  EXPECT_EQ(status, "deactivated");
  EXPECT_EQ(client.http->get("/intake/reports").codes(), "account_inactive");
  auto events = admin().get("/admin/audit-events?sort=-position&filter[subject]=" + application.id);
  EXPECT_EQ(values_of(events, "event_type").front(), "ApplicationExpired");
  EXPECT_EQ(values_of(events, "actor_name").front(), "System");
  EXPECT_EQ(change(application.id, {{"status", "active"}}).places(), "/data/attributes/status invalid_value");
  must(change(application.id, {{"status", "active"}, {"expires_at", in_seconds(3600)}}), 200);
  EXPECT_EQ(sign_in(application).http->get("/intake/reports").status, 200);
}

TEST_F(ApplicationSettings, ATokenLivesNoLongerThanItsApplication) {
  auto application = registered();
  must(change(application.id, {{"token_lifetime", 600}}), 200);
  auto ask = [&] {
    return must(anonymous()->post_form("/oauth2/token", {{"grant_type", "client_credentials"},
                                                         {"client_id", application.id},
                                                         {"client_secret", application.secret}}),
                200)["expires_in"]
        .get<int>();
  };
  EXPECT_EQ(ask(), 600);
  must(change(application.id, {{"expires_at", in_seconds(100)}}), 200);
  EXPECT_LE(ask(), 100);
}

TEST_F(ApplicationSettings, AnApplicationComesFromItsNetworksOnly) {
  auto application = registered();
  auto client = sign_in(application);
  must(change(application.id, {{"networks", {"192.0.2.0/24"}}}), 200);
  EXPECT_EQ(client.http->get("/intake/reports").codes(), "network_not_allowed");
  EXPECT_EQ(anonymous()
                ->post_form("/oauth2/token", {{"grant_type", "client_credentials"},
                                              {"client_id", application.id},
                                              {"client_secret", application.secret}})
                .status,
            401);
  must(change(application.id, {{"networks", {"192.0.2.0/24", "127.0.0.0/8"}}}), 200);
  EXPECT_EQ(client.http->get("/intake/reports").status, 200);
}

}  // namespace
}  // namespace byline::test
