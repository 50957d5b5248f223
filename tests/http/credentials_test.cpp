// What applications prove themselves with: issued, rotated, revoked, and seen in use.

#include "support/service_suite.hpp"

namespace byline::test {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

const std::string kDay = "2031-05-01T00:00:00Z";

class Credentials : public ServiceSuite {
 protected:
  static std::string place(const Registered& application, const std::string& credential = {}) {
    auto list = "/admin/applications/" + application.id + "/credentials";
    return credential.empty() ? list : list + "/" + credential;
  }
  /// The id of the credential that came with it.
  std::string first_of(const Registered& application) {
    return must(admin().get(place(application)), 200)["data"][0]["id"];
  }
  Reply issue(const Registered& application, json attributes) {
    return admin().post(place(application), document("credentials", std::move(attributes)));
  }
  Reply rotate(const Registered& application, const std::string& id, const json& attributes = {}) {
    auto path = place(application, id) + "/rotate";
    return attributes.is_null() ? admin().send("POST", path)
                                : admin().post(path, document("credentials", attributes));
  }
  json read(const Registered& application, const std::string& id) {
    return must(admin().get(place(application, id)), 200)["data"];
  }
  Reply ask(const std::string& id, const std::string& secret) {
    return anonymous()->post_form(
        "/oauth2/token",
        {{"grant_type", "client_credentials"}, {"client_id", id}, {"client_secret", secret}});
  }
};

TEST_F(Credentials, TheFirstSecretIsListedWithoutWhatItIs) {
  auto application = registered();
  auto list = admin().get(place(application));
  ASSERT_EQ(list.status, 200) << list.body;
  ASSERT_EQ(list.json()["data"].size(), 1U);
  auto first = list.json()["data"][0];
  EXPECT_EQ(first["attributes"]["kind"], "client_secret");
  EXPECT_EQ(first["attributes"]["status"], "active");
  EXPECT_EQ(first["attributes"]["created_by"], "Ada Moreno");
  EXPECT_EQ(first["attributes"]["hint"], application.secret.substr(application.secret.size() - 4));
  EXPECT_TRUE(first["attributes"]["last_used_at"].is_null());
  EXPECT_EQ(first["relationships"]["account"]["data"]["id"], application.id);
  EXPECT_THAT(list.body, Not(HasSubstr(application.secret)));
  EXPECT_THAT(list.body, Not(HasSubstr("digest")));
  EXPECT_EQ(read(application, first["id"]), first);
}

TEST_F(Credentials, ThereMayBeSeveralAndEachLetsIn) {
  auto application = registered();
  auto made =
      must(issue(application, {{"kind", "client_secret"}, {"label", "Cron"}, {"expires_at", kDay}}), 201);
  std::string secret = made["meta"]["client_secret"];
  EXPECT_THAT(secret, ::testing::MatchesRegex("byl_[0-9A-Za-z]{49}"));
  EXPECT_EQ(made["data"]["attributes"]["label"], "Cron");
  EXPECT_EQ(made["data"]["attributes"]["expires_at"], "2031-05-01T00:00:00.000000Z");
  EXPECT_EQ(made["data"]["links"]["self"], place(application, made["data"]["id"]));
  EXPECT_EQ(ask(application.id, secret).status, 200);
  EXPECT_EQ(ask(application.id, application.secret).status, 200);
  EXPECT_EQ(ask(registered().id, secret).status, 401) << "another client";
}

TEST_F(Credentials, TheUseOfOneIsKnownAtOnceAndFromWhere) {
  auto application = registered();
  auto id = first_of(application);
  ASSERT_EQ(ask(application.id, application.secret).status, 200);
  auto attributes = read(application, id)["attributes"];
  EXPECT_TRUE(attributes["last_used_at"].is_string());
  EXPECT_EQ(attributes["last_used_from"], "127.0.0.1");
  EXPECT_TRUE(attributes["used_since_replaced"].is_null()) << "it is not";
}

TEST_F(Credentials, ARevokedOneIsOverAtOnceWithItsTokens) {
  auto application = registered();
  auto id = first_of(application);
  auto client = service().client(token_of(*anonymous(), application));
  auto other = must(issue(application, {{"kind", "client_secret"}}), 201);
  auto with_other =
      service().client(token_of(*anonymous(), {application.id, other["meta"]["client_secret"]}));
  ASSERT_EQ(client->get("/intake/reports").status, 200);

  auto revoked = admin().remove(place(application, id));
  EXPECT_EQ(revoked.status, 204) << revoked.body;
  EXPECT_EQ(revoked.header("etag"), "\"2\"");
  EXPECT_EQ(client->get("/intake/reports").codes(), "token_revoked");
  EXPECT_EQ(with_other->get("/intake/reports").status, 200);
  EXPECT_EQ(ask(application.id, application.secret).status, 401);

  auto attributes = read(application, id)["attributes"];
  EXPECT_EQ(attributes["status"], "revoked");
  EXPECT_TRUE(attributes["revoked_at"].is_string());
  EXPECT_TRUE(attributes["last_refused_at"].is_string()) << "somebody still has it";
  EXPECT_EQ(attributes["last_refused_from"], "127.0.0.1");
  EXPECT_EQ(admin().patch(place(application, id), document("credentials", {{"label", "x"}}, id)).codes(),
            "credential_over");
  EXPECT_EQ(rotate(application, id).codes(), "credential_over");
  EXPECT_EQ(admin().remove(place(application, id)).status, 204) << "revoked is revoked";
}

TEST_F(Credentials, RotationLetsTheOldOneLiveForAWhile) {
  auto application = registered();
  auto id = first_of(application);
  auto made = must(rotate(application, id, {{"overlap_seconds", 3600}, {"label", "Second"}}), 201);
  EXPECT_EQ(made["data"]["relationships"]["replaces"]["data"]["id"], id);
  EXPECT_EQ(made["data"]["attributes"]["label"], "Second");
  auto old = read(application, id);
  EXPECT_EQ(old["relationships"]["replaced_by"]["data"]["id"], made["data"]["id"]);
  EXPECT_EQ(old["attributes"]["status"], "active");
  EXPECT_TRUE(old["attributes"]["expires_at"].is_string());
  EXPECT_EQ(old["attributes"]["used_since_replaced"], false);
  EXPECT_EQ(ask(application.id, made["meta"]["client_secret"]).status, 200);
  EXPECT_EQ(read(application, id)["attributes"]["used_since_replaced"], false);
  EXPECT_EQ(ask(application.id, application.secret).status, 200);
  EXPECT_EQ(read(application, id)["attributes"]["used_since_replaced"], true);
}

TEST_F(Credentials, RotationWithoutABodyGivesADayAndWithoutOverlapNone) {
  auto application = registered();
  auto id = first_of(application);
  must(rotate(application, id), 201);
  EXPECT_EQ(ask(application.id, application.secret).status, 200);
  must(rotate(application, id, {{"overlap_seconds", 0}}), 201);
  EXPECT_EQ(ask(application.id, application.secret).status, 401);
  EXPECT_EQ(read(application, id)["attributes"]["status"], "revoked");
}

TEST_F(Credentials, ARotationRepeatedUnderItsKeyHappensOnce) {
  auto application = registered();
  auto path = place(application, first_of(application)) + "/rotate";
  Headers key = {{"Idempotency-Key", fresh("rotation")}};
  auto first = admin().send("POST", path, {}, key);
  auto again = admin().send("POST", path, {}, key);
  ASSERT_EQ(first.status, 201) << first.body;
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(must(admin().get(place(application)), 200)["data"].size(), 2U);
}

TEST_F(Credentials, LabelAndEndCanBeChanged) {
  auto application = registered();
  auto id = first_of(application);
  auto change = [&](json attributes) {
    return admin().patch(place(application, id), document("credentials", std::move(attributes), id));
  };
  auto changed = must(change({{"label", "Night"}, {"expires_at", kDay}}), 200)["data"]["attributes"];
  EXPECT_EQ(changed["label"], "Night");
  EXPECT_EQ(changed["expires_at"], "2031-05-01T00:00:00.000000Z");
  changed = must(change({{"label", nullptr}, {"expires_at", nullptr}}), 200)["data"]["attributes"];
  EXPECT_TRUE(changed["label"].is_null());
  EXPECT_TRUE(changed["expires_at"].is_null());
  EXPECT_EQ(change({{"expires_at", "2020-01-01T00:00:00Z"}}).places(),
            "/data/attributes/expires_at invalid_value");
  EXPECT_EQ(change({{"expires_at", "tomorrow"}}).places(), "/data/attributes/expires_at invalid_value");
  EXPECT_EQ(change({{"label", std::string(51, 'x')}}).places(), "/data/attributes/label too_long");
  EXPECT_EQ(change({{"hint", "abcd"}}).places(), "/data/attributes/hint read_only");
  EXPECT_EQ(change({{"kind", "public_key"}}).places(), "/data/attributes/kind read_only");
}

TEST_F(Credentials, PublicKeysAreCheckedAndKeptWithoutTheirPrivateHalf) {
  auto application = registered();
  json ed = {{"kty", "OKP"}, {"crv", "Ed25519"}, {"x", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}};
  auto made = must(issue(application, {{"kind", "public_key"}, {"key", ed}}), 201);
  EXPECT_FALSE(made.contains("meta"));
  auto attributes = made["data"]["attributes"];
  EXPECT_EQ(attributes["thumbprint"],
            "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");  // RFC 8037 appendix A.3
  EXPECT_EQ(attributes["key"]["alg"], "EdDSA");
  EXPECT_EQ(attributes["key"]["x"], ed["x"]);

  auto refused = [&](json key) {
    return issue(application, {{"kind", "public_key"}, {"key", std::move(key)}}).places();
  };
  auto wrong = std::string("/data/attributes/key invalid_value");
  auto with = [&](const char* name, const json& value) {
    auto key = ed;
    key[name] = value;
    return key;
  };
  EXPECT_EQ(refused(with("d", "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")), wrong) << "the private half";
  EXPECT_EQ(refused(with("crv", "Ed448")), wrong);
  EXPECT_EQ(refused(with("x", "AAAA")), wrong);
  EXPECT_EQ(refused(with("alg", "ES256")), wrong);
  EXPECT_EQ(refused(with("use", "enc")), wrong);
  EXPECT_EQ(refused(with("kid", std::string(257, 'k'))), wrong);
  EXPECT_EQ(refused({{"kty", "oct"}, {"k", "AAAA"}}), wrong);
  EXPECT_EQ(refused({{"kty", "RSA"}, {"n", "AQAB"}, {"e", "AQAB"}}), wrong);
  EXPECT_EQ(refused("x"), wrong);
  EXPECT_EQ(refused(nullptr), "/data/attributes/key required");
  EXPECT_EQ(issue(application, {{"kind", "client_secret"}, {"key", ed}}).places(), wrong);
}

TEST_F(Credentials, AKeySetIsAnAddressWithTls) {
  auto application = registered();
  auto made =
      must(issue(application, {{"kind", "key_set"}, {"url", "https://import.example.org/jwks.json"}}), 201);
  EXPECT_EQ(made["data"]["attributes"]["url"], "https://import.example.org/jwks.json");
  EXPECT_EQ(
      issue(application, {{"kind", "key_set"}, {"url", "http://import.example.org/jwks.json"}}).places(),
      "/data/attributes/url invalid_url");
  EXPECT_EQ(issue(application, {{"kind", "key_set"}}).places(), "/data/attributes/url required");
}

TEST_F(Credentials, OfAnotherKindOrAccountAreRefused) {
  auto application = registered();
  EXPECT_EQ(issue(application, {{"kind", "access_token"}}).places(), "/data/attributes/kind invalid_value");
  EXPECT_EQ(issue(application, {{"kind", "password"}}).places(), "/data/attributes/kind invalid_value");
  EXPECT_EQ(issue(application, json::object()).places(), "/data/attributes/kind required");
  auto other = registered();
  EXPECT_EQ(admin().get(place(other, first_of(application))).status, 404);
  EXPECT_EQ(admin().remove(place(other, first_of(application))).status, 404);
  EXPECT_EQ(admin().get(place({user(), {}})).status, 404) << "a user is no application";
}

TEST_F(Credentials, TheirNumberIsBounded) {
  auto application = registered();
  Reply last;
  int made = 1;
  for (; made < 200; ++made) {
    last = issue(application, {{"kind", "client_secret"}});
    if (last.status != 201) break;
  }
  EXPECT_EQ(made, 100);
  EXPECT_EQ(last.codes(), "too_large");
}

TEST_F(Credentials, NobodyOpensAnAccountThatMayDoMoreThanThey) {
  auto clerk = caller_with({{"admin.applications", {{"view", "all"}, {"edit", "all"}}}});
  auto application = registered({"intake_worker"});
  auto id = first_of(application);
  EXPECT_EQ(clerk.http->get(place(application)).status, 200);
  EXPECT_EQ(
      clerk.http->post(place(application), document("credentials", {{"kind", "client_secret"}})).codes(),
      "role_exceeds_giver");
  EXPECT_EQ(clerk.http->send("POST", place(application, id) + "/rotate").codes(), "role_exceeds_giver");
  EXPECT_EQ(clerk.http->remove(place(application, id)).status, 204) << "to revoke gives nobody anything";
  auto viewer = caller_with({{"admin.applications", {{"view", "all"}}}});
  EXPECT_EQ(
      viewer.http->post(place(application), document("credentials", {{"kind", "client_secret"}})).codes(),
      "permission_missing");
  EXPECT_EQ(caller().http->get(place(application)).codes(), "permission_missing");
}

TEST_F(Credentials, AnOrganizationSetsHowOldSecretsMayGet) {
  auto organization = "/admin/organizations/" + service().founder().organization_id;
  auto set = [&](const json& days) {
    return admin().patch(organization, document("organizations", {{"max_secret_days", days}},
                                                service().founder().organization_id));
  };
  auto application = registered();
  ASSERT_EQ(must(set(30), 200)["data"]["attributes"]["max_secret_days"], 30);
  auto made = must(issue(application, {{"kind", "client_secret"}}), 201);
  EXPECT_TRUE(made["data"]["attributes"]["expires_at"].is_string());
  EXPECT_EQ(issue(application, {{"kind", "client_secret"}, {"expires_at", kDay}}).places(),
            "/data/attributes/expires_at invalid_value");
  std::string id = made["data"]["id"];
  EXPECT_EQ(
      admin().patch(place(application, id), document("credentials", {{"expires_at", nullptr}}, id)).status,
      200);
  EXPECT_EQ(read(application, id)["attributes"]["expires_at"], made["data"]["attributes"]["expires_at"])
      << "its end is the organization's";
  EXPECT_TRUE(read(application, first_of(application))["attributes"]["expires_at"].is_null())
      << "those from before go on";
  EXPECT_EQ(set(0).places(), "/data/attributes/max_secret_days invalid_value");
  EXPECT_EQ(set("30").places(), "/data/attributes/max_secret_days invalid_type");
  must(set(nullptr), 200);
}

TEST_F(Credentials, WhatNeedsAttentionIsFound) {
  auto application = registered();
  auto words = [&] {
    return must(admin().get("/admin/applications/" + application.id), 200)["data"]["attributes"]["attention"];
  };
  EXPECT_EQ(words(), json({"without_owner"}));
  auto owner = user();
  auto change = document("applications", json::object(), application.id);
  change["data"]["relationships"]["owner"]["data"] = {{"type", "accounts"}, {"id", owner}};
  must(admin().patch("/admin/applications/" + application.id, change), 200);
  EXPECT_EQ(words(), json::array());
  must(admin().patch("/admin/users/" + owner, document("users", {{"status", "deactivated"}}, owner)), 200);
  EXPECT_EQ(words(), json({"owner_inactive"}));
  must(rotate(application, first_of(application), {{"overlap_seconds", 86400}}), 201);
  EXPECT_EQ(words(), json({"secret_expires_soon", "owner_inactive"}));
  auto found =
      ids_of(admin().get("/admin/applications?page[size]=100&filter[attention]=secret_expires_soon"));
  EXPECT_THAT(found, ::testing::Contains(application.id));
  EXPECT_THAT(ids_of(admin().get("/admin/applications?page[size]=100&filter[attention]=secret_unused")),
              IsEmpty());
}

TEST_F(Credentials, AUserHasTokensOfTheirOwn) {
  auto made = must(
      admin().post("/admin/users", account_document("users", "Ben", fresh_email(), {role("intake_worker")})),
      201);
  std::string id = made["data"]["id"];
  auto ben = service().client(made["meta"]["access_token"]);
  auto place = "/admin/users/" + id + "/credentials";
  auto token =
      must(ben->post(place, document("credentials",
                                     {{"kind", "access_token"}, {"label", "Laptop"}, {"expires_at", kDay}})),
           201);
  auto laptop = service().client(token["meta"]["access_token"]);
  EXPECT_EQ(laptop->get("/intake/reports").status, 200);
  EXPECT_EQ(must(ben->get(place), 200)["data"].size(), 2U);
  EXPECT_EQ(ben->remove(place + "/" + token["data"]["id"].get<std::string>()).status, 204);
  EXPECT_EQ(laptop->get("/intake/reports").codes(), "token_revoked");
  // Others' are the administrators' alone.
  EXPECT_EQ(ben->get("/admin/users/" + service().founder().admin_id + "/credentials").codes(),
            "permission_missing");
  EXPECT_EQ(must(admin().get(place), 200)["data"].size(), 2U);
}

}  // namespace
}  // namespace byline::test
