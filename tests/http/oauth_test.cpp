// Introspection, revocation, discovery, and the keys that sign tokens.

#include "support/service_suite.hpp"

#include "security/base64.hpp"

namespace byline::test {
namespace {

using nlohmann::json;
using ::testing::Contains;

class OAuth : public ServiceSuite {
 protected:
  json introspect(const std::string& token, const Registered& by) {
    auto reply = anonymous()->post_form(
        "/oauth2/introspect", {{"client_id", by.id}, {"client_secret", by.secret}, {"token", token}});
    EXPECT_EQ(reply.header("cache-control"), "no-store");
    return must(reply, 200);
  }
  Reply revoke(const std::string& token, const Registered& by) {
    return anonymous()->post_form("/oauth2/revoke",
                                  {{"client_id", by.id}, {"client_secret", by.secret}, {"token", token}});
  }
  static json header_of(const std::string& token) {
    return json::parse(*security::from_base64url(token.substr(0, token.find('.'))));
  }
  json keys() { return must(anonymous()->get("/oauth2/jwks"), 200)["keys"]; }
};

TEST_F(OAuth, AGoodTokenIsTold) {
  auto application = registered();
  auto backend = registered();
  auto token = token_of(*anonymous(), application);
  auto told = introspect(token, backend);
  EXPECT_EQ(told["active"], true);
  EXPECT_EQ(told["client_id"], application.id);
  EXPECT_EQ(told["sub"], application.id);
  EXPECT_EQ(told["iss"], service().base());
  EXPECT_EQ(told["token_type"], "Bearer");
  EXPECT_EQ(told["organization"], service().founder().organization_id);
  EXPECT_EQ(told["exp"].get<int>() - told["iat"].get<int>(), 3600);
  EXPECT_THAT(told["scope"].get<std::string>(), ::testing::HasSubstr("intake:view"));
  EXPECT_EQ(introspect(service().founder().admin_token, backend)["active"], true);
}

TEST_F(OAuth, EverythingElseIsInactiveAndNoMore) {
  auto backend = registered();
  for (const auto& token : {std::string("x"), std::string("bya_x"), std::string(5000, 'a'),
                            token_of(*anonymous(), backend) + "x"})
    EXPECT_EQ(introspect(token, backend), json({{"active", false}})) << token;
  // Another organization's.
  auto elsewhere = found(service().data() / "elsewhere");
  EXPECT_EQ(introspect(elsewhere.admin_token, backend), json({{"active", false}}));
}

TEST_F(OAuth, WhoAsksProvesWhoItIs) {
  auto reply = anonymous()->post_form("/oauth2/introspect", {{"token", "x"}});
  EXPECT_EQ(reply.status, 401);
  EXPECT_EQ(reply.json()["error"], "invalid_client");
  auto backend = registered();
  auto none = anonymous()->post_form("/oauth2/introspect",
                                     {{"client_id", backend.id}, {"client_secret", backend.secret}});
  EXPECT_EQ(none.status, 400);
  EXPECT_EQ(anonymous()->post_form("/oauth2/introspect?token=x", {}).status, 400) << "never in the address";
}

TEST_F(OAuth, WhatEndsATokenEndsItWithTheNextRequest) {
  auto backend = registered();
  auto application = registered();
  auto token = token_of(*anonymous(), application);
  auto deactivate = [&](const char* status) {
    must(admin().patch("/admin/applications/" + application.id,
                       document("applications", {{"status", status}}, application.id)),
         200);
  };
  EXPECT_EQ(introspect(token, backend)["active"], true);
  deactivate("deactivated");
  EXPECT_EQ(introspect(token, backend), json({{"active", false}}));
  deactivate("active");
  EXPECT_EQ(introspect(token, backend)["active"], true);
  ASSERT_EQ(admin().remove("/admin/applications/" + application.id).status, 204);
  EXPECT_EQ(introspect(token, backend), json({{"active", false}}));
}

TEST_F(OAuth, AClientRevokesItsToken) {
  auto application = registered();
  auto token = token_of(*anonymous(), application);
  auto other = token_of(*anonymous(), application);
  auto client = service().client(token);
  ASSERT_EQ(client->get("/intake/reports").status, 200);
  auto stranger = revoke(token, registered());
  EXPECT_EQ(stranger.status, 400);
  EXPECT_EQ(stranger.json()["error"], "unauthorized_client");
  EXPECT_EQ(client->get("/intake/reports").status, 200);
  EXPECT_EQ(revoke(token, application).status, 200);
  EXPECT_EQ(client->get("/intake/reports").codes(), "token_revoked");
  EXPECT_EQ(introspect(token, application), json({{"active", false}}));
  EXPECT_EQ(service().client(other)->get("/intake/reports").status, 200) << "the others go on";
  EXPECT_EQ(revoke(token, application).status, 200) << "RFC 7009 section 2.2";
  EXPECT_EQ(revoke("nonsense", application).status, 200);
}

TEST_F(OAuth, ANarrowTokenIsToldNarrowAndStaysSo) {
  auto backend = registered();
  auto application = registered();
  auto token = must(anonymous()->post_form("/oauth2/token", {{"grant_type", "client_credentials"},
                                                             {"client_id", application.id},
                                                             {"client_secret", application.secret},
                                                             {"scope", "intake:view"}}),
                    200)["access_token"]
                   .get<std::string>();
  EXPECT_EQ(introspect(token, backend)["scope"], "intake:view");
  auto narrow = service().client(token);
  EXPECT_EQ(narrow->get("/intake/reports").status, 200);
  EXPECT_EQ(narrow->get("/people/people").codes(), "permission_missing");
  auto decision = must(admin().send("POST", "/access/v1/evaluation",
                                    json({{"subject", {{"type", "token"}, {"id", token}}},
                                          {"action", {{"name", "view"}}},
                                          {"resource", {{"type", "people/people"}}}})
                                        .dump(),
                                    {{"Content-Type", "application/json"}}),
                       200);
  EXPECT_EQ(decision["decision"], false);
}

TEST_F(OAuth, DiscoveryNamesWhatIsThere) {
  auto metadata = must(anonymous()->get("/.well-known/oauth-authorization-server"), 200);
  EXPECT_EQ(metadata["issuer"], service().base());
  for (const char* endpoint : {"token_endpoint", "introspection_endpoint", "revocation_endpoint"}) {
    auto path = metadata[endpoint].get<std::string>().substr(service().base().size());
    EXPECT_EQ(anonymous()->post_form(path, {}).status, endpoint == std::string("token_endpoint") ? 400 : 401)
        << path;
  }
  EXPECT_EQ(metadata["jwks_uri"], service().base() + "/oauth2/jwks");
  auto jwks = anonymous()->get("/oauth2/jwks");
  EXPECT_EQ(jwks.header("cache-control"), "public, max-age=300");
  auto token = token_of(*anonymous(), registered());
  ASSERT_EQ(jwks.json()["keys"].size(), 1U);
  EXPECT_EQ(jwks.json()["keys"][0]["kid"], header_of(token)["kid"]);
  EXPECT_FALSE(jwks.json()["keys"][0].contains("d"));
}

TEST(SigningKeys, TakeTurnsWithoutATokenLost) {
  Service service;
  auto admin = service.admin();
  auto application = register_application(*admin, "Import", "import@example.org", {"intake_worker"});
  auto before = token_of(*service.client(), application);
  auto make = [&](const json& attributes) {
    return admin->post("/admin/signing-keys", document("signing-keys", attributes));
  };
  auto next = must(make({{"algorithm", "EdDSA"}, {"use_from", "2031-01-01T00:00:00Z"}}), 201)["data"];
  EXPECT_EQ(next["attributes"]["status"], "next");
  EXPECT_EQ(make(json::object()).codes(), "rotation_pending");
  EXPECT_EQ(make({{"algorithm", "HS256"}}).codes(), "rotation_pending");
  EXPECT_EQ(must(service.client()->get("/oauth2/jwks"), 200)["keys"].size(), 2U)
      << "published before it is used";
  auto alg = [](const std::string& token) {
    return json::parse(*security::from_base64url(token.substr(0, token.find('.'))))["alg"];
  };
  EXPECT_EQ(alg(token_of(*service.client(), application)), "ES256");

  // The operator's commands, while it is stopped.
  ASSERT_EQ(service.stop(), 0);
  auto rotated =
      run_byline({"keys", "rotate", "--data", service.data().string(), "--algorithm", "RS256", "--json"});
  ASSERT_EQ(rotated.status, 0) << rotated.errors;
  service.start();
  auto after = token_of(*service.client(), application);
  EXPECT_EQ(alg(after), "RS256");
  auto refused = run_byline({"keys", "rotate", "--data", service.data().string()});
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.errors, ::testing::HasSubstr("/admin/signing-keys"));
  EXPECT_EQ(must(service.client()->get("/oauth2/jwks"), 200)["keys"].size(), 3U);
}

TEST(SigningKeys, OneThatIsRevokedTakesItsTokensWithIt) {
  Service service({"--base-url", "https://byline.example.org"});
  auto admin = service.admin();
  auto application = register_application(*admin, "Import", "import@example.org", {"intake_worker"});
  auto token = token_of(*service.client(), application);
  ASSERT_EQ(service.client(token)->get("/intake/reports").status, 200);
  ASSERT_EQ(service.stop(), 0);
  auto listed = json::parse(run_byline({"keys", "list", "--data", service.data().string(), "--json"}).output);
  EXPECT_EQ(listed["status"], "active");
  auto revoked =
      run_byline({"keys", "revoke", "--data", service.data().string(), listed["kid"].get<std::string>()});
  ASSERT_EQ(revoked.status, 0) << revoked.errors;
  service.start();
  EXPECT_EQ(service.client(token)->get("/intake/reports").codes(), "invalid_token");
  EXPECT_EQ(service.client(token_of(*service.client(), application))->get("/intake/reports").status, 200);
  EXPECT_EQ(service.admin()->get("/admin/signing-keys").json()["data"][0]["attributes"]["status"], "revoked");
}

TEST(SigningKeys, OutliveARestartAndTheirKeyComesFromTheEnvironmentToo) {
  Environment environment = {{"BYLINE_KEY_ENCRYPTION_KEY", "4UXH0J3-zpMM11mUPCaV97mpR9T9IgrHmlJ58YBFSbo"}};
  TempDirectory directory;
  auto founded = run_byline({"init", "--data", (directory / "data").string(), "--organization", "Harbor",
                             "--admin-name", "Ada", "--admin-email", "ada@example.org", "--json"},
                            environment);
  ASSERT_EQ(founded.status, 0) << founded.errors;
  EXPECT_FALSE(std::filesystem::exists(directory / "data" / "keys.json"));
  auto without = run_byline({"keys", "rotate", "--data", (directory / "data").string()});
  EXPECT_EQ(without.status, 1);
  EXPECT_THAT(without.errors, ::testing::HasSubstr("keys.json"));
  environment[0].second = std::string(43, 'A');
  auto other = run_byline({"keys", "rotate", "--data", (directory / "data").string()}, environment);
  EXPECT_EQ(other.status, 1);
  EXPECT_THAT(other.errors, ::testing::HasSubstr("is not the one of this data"));
}

}  // namespace
}  // namespace byline::test
