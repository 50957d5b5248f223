// POST /oauth2/token: client credentials (RFC 6749 §4.4), and every way to be refused (§5.2).

#include <gtest/gtest.h>
#include <sodium.h>

#include "security/base64.hpp"
#include "support/live_service.hpp"

namespace byline::test {
namespace {

constexpr const char* kForm = "application/x-www-form-urlencoded";

std::string basic(const std::string& id, const std::string& secret) {
  auto pair = id + ":" + secret;
  std::string text(sodium_base64_encoded_len(pair.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(pair.data()),
                    pair.size(), sodium_base64_VARIANT_ORIGINAL);
  return "Basic " + std::string(text.c_str());
}

class TokenTest : public testing::Test {
 protected:
  static Registered& application() {
    static auto registered =
        register_application(*live_service().admin(), "Token taker", "token@example.org", {"intake_worker"});
    return registered;
  }
  Headers credentials() const {
    return {{"client_id", application().id}, {"client_secret", application().secret}};
  }
  Headers grant(Headers fields) const {
    fields.insert(fields.begin(), {"grant_type", "client_credentials"});
    return fields;
  }
  Reply ask(const Headers& fields, const Headers& headers = {}) {
    return client_->post_form("/oauth2/token", fields, headers);
  }
  static void expect_refused(const Reply& reply, int status, const std::string& error) {
    EXPECT_EQ(reply.status, status) << reply.body;
    EXPECT_EQ(reply.header("content-type"), "application/json");
    EXPECT_EQ(reply.header("cache-control"), "no-store");
    EXPECT_EQ(reply.header("pragma"), "no-cache");
    EXPECT_EQ(reply.json()["error"], error);
    EXPECT_FALSE(reply.json()["error_description"].get<std::string>().empty());
    EXPECT_FALSE(reply.json().contains("access_token"));
    EXPECT_EQ(reply.header("www-authenticate").starts_with("Basic "), status == 401);
  }

  std::unique_ptr<HttpClient> client_ = live_service().client();
};

TEST_F(TokenTest, IsGivenForOneHour) {
  auto reply = ask(grant(credentials()));
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.header("content-type"), "application/json");
  EXPECT_EQ(reply.header("cache-control"), "no-store");
  EXPECT_EQ(reply.header("pragma"), "no-cache");
  auto answer = reply.json();
  EXPECT_EQ(answer["token_type"], "Bearer");
  EXPECT_EQ(answer["expires_in"], 3600);
  EXPECT_EQ(answer.size(), 4U);
}

TEST_F(TokenTest, IsAnRfc9068Token) {
  auto token = ask(grant(credentials())).json()["access_token"].get<std::string>();
  auto first = token.find('.');
  auto second = token.find('.', first + 1);
  auto header = nlohmann::json::parse(*security::from_base64url(token.substr(0, first)));
  auto claims = nlohmann::json::parse(*security::from_base64url(token.substr(first + 1, second - first - 1)));
  EXPECT_EQ(header["alg"], "ES256");
  EXPECT_EQ(header["typ"], "at+jwt");
  EXPECT_FALSE(header["kid"].get<std::string>().empty());
  EXPECT_EQ(claims["iss"], live_service().base());
  EXPECT_EQ(claims["aud"], live_service().base());
  EXPECT_EQ(claims["sub"], application().id);
  EXPECT_EQ(claims["client_id"], application().id);
  EXPECT_EQ(claims["exp"].get<int>() - claims["iat"].get<int>(), 3600);
  EXPECT_EQ(claims["scope"], ask(grant(credentials())).json()["scope"]);
  EXPECT_NE(claims["jti"], "");
}

TEST_F(TokenTest, EveryTokenIsAnother) {
  EXPECT_NE(ask(grant(credentials())).json()["access_token"],
            ask(grant(credentials())).json()["access_token"]);
}

TEST_F(TokenTest, WithoutAScopeItIsAllThatTheRolesGive) {
  auto scope = ask(grant(credentials())).json()["scope"].get<std::string>();
  EXPECT_NE(scope.find("intake:create"), std::string::npos) << scope;
  EXPECT_EQ(scope.find("people:delete"), std::string::npos) << scope;
  EXPECT_EQ(scope.find("admin"), std::string::npos) << scope;
  auto empty = grant(credentials());
  empty.emplace_back("scope", "");
  EXPECT_EQ(ask(empty).json()["scope"], scope);
}

TEST_F(TokenTest, AScopeNarrowsTheToken) {
  auto asked = [&](const std::string& scope) {
    auto fields = grant(credentials());
    fields.emplace_back("scope", scope);
    return ask(fields);
  };
  auto answer = asked("intake:view people:view");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.json()["scope"], "people:view intake:view");
  auto narrow = live_service().client(answer.json()["access_token"]);
  EXPECT_EQ(narrow->get("/intake/reports").status, 200);
  EXPECT_EQ(narrow->post("/intake/reports", document("reports", {{"a", 1}})).codes(), "permission_missing");
  EXPECT_EQ(live_service()
                .client(token_of(*client_, application()))
                ->post("/intake/reports", document("reports", {{"a", 1}}))
                .status,
            201);
  for (const char* wrong : {"admin.users:delete", "people:delete", "intake:view people:delete"})
    expect_refused(asked(wrong), 400, "invalid_scope");
  for (const char* nonsense : {"intake", "intake:view  people:view", "openid", ":", "intake:", " intake:view",
                               "intake:view\tpeople:view", "INTAKE:VIEW"})
    expect_refused(asked(nonsense), 400, "invalid_scope");
}

TEST_F(TokenTest, CredentialsMayComeByTheHeader) {
  auto header = basic(application().id, application().secret);
  EXPECT_EQ(ask(grant({}), {{"Authorization", header}}).status, 200);
  header.replace(0, 5, "bAsIc");
  EXPECT_EQ(ask(grant({}), {{"Authorization", header}}).status, 200);
  EXPECT_EQ(ask(grant({{"client_id", application().id}}), {{"Authorization", header}}).status, 200);
  // Form-encoded, as RFC 6749 §2.3.1 has it.
  auto escaped = application().secret;
  escaped.replace(escaped.find('_'), 1, "%5F");
  EXPECT_EQ(ask(grant({}), {{"Authorization", basic(application().id, escaped)}}).status, 200);
}

TEST_F(TokenTest, CredentialsComeInOneWayOnly) {
  auto header = basic(application().id, application().secret);
  expect_refused(ask(grant(credentials()), {{"Authorization", header}}), 400, "invalid_request");
  expect_refused(ask(grant({{"client_id", "another"}}), {{"Authorization", header}}), 400, "invalid_request");
  expect_refused(ask(grant({}), {{"Authorization", header}, {"Authorization", header}}), 400,
                 "invalid_request");
}

TEST_F(TokenTest, CredentialsNeverStandInTheAddress) {
  for (const auto& query : {"?client_secret=" + application().secret, "?client_id=" + application().id,
                            std::string("?client%5Fsecret=x")}) {
    auto reply = client_->post_form("/oauth2/token" + query, grant(credentials()));
    expect_refused(reply, 400, "invalid_request");
    EXPECT_EQ(reply.body.find(application().secret), std::string::npos);
  }
}

TEST_F(TokenTest, NoParameterStandsTwice) {
  for (const auto& again : Headers{{"grant_type", "client_credentials"},
                                   {"client_id", application().id},
                                   {"client_secret", application().secret},
                                   {"client_secret", "other"}}) {
    auto fields = grant(credentials());
    fields.push_back(again);
    expect_refused(ask(fields), 400, "invalid_request");
  }
  auto fields = grant(credentials());
  fields.insert(fields.end(), {{"resource", "a"}, {"resource", "b"}});
  expect_refused(ask(fields), 400, "invalid_request");
}

TEST_F(TokenTest, TheBodyIsAForm) {
  auto body = "grant_type=client_credentials&client_id=" + application().id +
              "&client_secret=" + application().secret;
  for (auto* type : {"application/json", "text/plain", "multipart/form-data; boundary=x", ""}) {
    expect_refused(client_->send("POST", "/oauth2/token", body, {{"Content-Type", type}}), 400,
                   "invalid_request");
  }
  for (auto* type :
       {"application/x-www-form-urlencoded;charset=UTF-8", "Application/X-WWW-Form-Urlencoded"}) {
    EXPECT_EQ(client_->send("POST", "/oauth2/token", body, {{"Content-Type", type}}).status, 200) << type;
  }
  for (auto* broken : {"grant_type=%zz", "grant_type=client_credentials&client_id=%00", "%=1", "a=%ff"}) {
    expect_refused(client_->send("POST", "/oauth2/token", broken, {{"Content-Type", kForm}}), 400,
                   "invalid_request");
  }
}

TEST_F(TokenTest, TheGrantTypeIsClientCredentials) {
  expect_refused(ask(credentials()), 400, "invalid_request");
  expect_refused(ask({}), 400, "invalid_request");
  for (auto* type :
       {"password", "authorization_code", "refresh_token", "Client_Credentials", " client_credentials"}) {
    auto fields = credentials();
    fields.emplace_back("grant_type", type);
    expect_refused(ask(fields), 400, "unsupported_grant_type");
  }
}

TEST_F(TokenTest, AHeaderThatCannotBeReadIsNoClient) {
  for (auto* header :
       {"Basic", "Basic !!!", "Basic bm9jb2xvbg==", "Bearer x", "Digest a=b", "Basic YTolenw="}) {
    expect_refused(ask(grant({}), {{"Authorization", header}}), 401, "invalid_client");
  }
}

TEST_F(TokenTest, UnknownClientAndWrongSecretLookTheSame) {
  auto admin = live_service().admin();
  auto other = register_application(*admin, "Other taker", "other-token@example.org", {"intake_worker"});
  auto wrong = application().secret;
  wrong.back() = wrong.back() == 'a' ? 'b' : 'a';
  std::vector<Reply> replies;
  for (const auto& [id, secret] :
       Headers{{application().id, wrong},
               {application().id, ""},
               {application().id, other.secret},
               {"00000000-0000-7000-8000-000000000000", application().secret},
               {"nonsense", application().secret},
               {"", ""},
               {live_service().founder().admin_id, live_service().founder().admin_token}}) {
    replies.push_back(ask(grant({{"client_id", id}, {"client_secret", secret}})));
    expect_refused(replies.back(), 401, "invalid_client");
    EXPECT_EQ(replies.back().body, replies.front().body);
  }
  replies.push_back(ask(grant({})));
  EXPECT_EQ(replies.back().body, replies.front().body);
}

TEST_F(TokenTest, AnInactiveOrDeletedApplicationLooksUnknown) {
  auto admin = live_service().admin();
  auto leaver = register_application(*admin, "Leaver", "leaver@example.org", {"intake_worker"});
  auto path = "/admin/applications/" + leaver.id;
  auto fields = grant({{"client_id", leaver.id}, {"client_secret", leaver.secret}});
  auto unknown = ask(grant({{"client_id", "nonsense"}, {"client_secret", "x"}})).body;
  ASSERT_EQ(ask(fields).status, 200);
  auto set = [&](const char* status) {
    ASSERT_EQ(admin->patch(path, document("applications", {{"status", status}}, leaver.id)).status, 200);
  };
  set("deactivated");
  expect_refused(ask(fields), 401, "invalid_client");
  EXPECT_EQ(ask(fields).body, unknown);
  set("active");
  EXPECT_EQ(ask(fields).status, 200);
  ASSERT_EQ(admin->remove(path).status, 204);
  expect_refused(ask(fields), 401, "invalid_client");
  EXPECT_EQ(ask(fields).body, unknown);
}

TEST_F(TokenTest, IsNotGivenOnAPlanWithoutTheApi) {
  auto admin = live_service().admin();
  auto path = "/admin/organizations/" + live_service().founder().organization_id;
  auto set_plan = [&](const char* plan) {
    auto changed = admin->patch(
        path, document("organizations", {{"plan", plan}}, live_service().founder().organization_id));
    ASSERT_EQ(changed.status, 200) << changed.body;
  };
  ASSERT_EQ(ask(grant(credentials())).status, 200);
  set_plan("standard");
  expect_refused(ask(grant(credentials())), 403, "api_not_licensed");
  // Who cannot prove to be the client does not learn about the plan.
  expect_refused(ask(grant({{"client_id", application().id}, {"client_secret", "wrong"}})), 401,
                 "invalid_client");
  set_plan("enterprise");
  EXPECT_EQ(ask(grant(credentials())).status, 200);
}

}  // namespace
}  // namespace byline::test
