// Who gets in by `Authorization: Bearer` (RFC 6750), and what the others are told.

#include <gtest/gtest.h>

#include "byline/service.hpp"
#include "engine/clock.hpp"
#include "events/codec.hpp"
#include "security/access_token.hpp"
#include "security/base64.hpp"
#include "security/deployment_keys.hpp"
#include "security/sealed_key.hpp"
#include "support/live_service.hpp"

namespace byline::test {
namespace {

constexpr std::int64_t kSecond = 1'000'000;

class BearerTest : public testing::Test {
 protected:
  static Registered& application() {
    static auto registered =
        register_application(*live_service().admin(), "Bearer", "bearer@example.org", {"intake_worker"});
    return registered;
  }
  Reply call(const Headers& headers) { return client_->get("/intake/reports", headers); }
  Reply call(const std::string& token) { return call({{"Authorization", "Bearer " + token}}); }
  static void expect_refused(const Reply& reply, const std::string& code) {
    EXPECT_EQ(reply.status, 401) << reply.body;
    EXPECT_EQ(reply.codes(), code);
    EXPECT_EQ(reply.header("www-authenticate"), code == "token_required"
                                                    ? "Bearer realm=\"byline\""
                                                    : "Bearer realm=\"byline\", error=\"invalid_token\"");
  }
  /// What the service itself signs with, and the client secret of the application, as the log has them.
  struct Signed {
    std::optional<security::SigningKey> key;
    CredentialId credential;
  };
  static Signed signed_by() {
    auto keys = security::load_keys(live_service().data() / "keys.json").value();
    auto account = *parse_id<AccountId>(application().id);
    Signed found;
    auto read = read_log({.data = live_service().data()}, 0, [&](std::uint64_t, std::string_view json) {
      auto entry = decode(json).value();
      if (auto* created = std::get_if<SigningKeyCreated>(&entry.event)) {
        auto kid = nlohmann::json::parse(created->public_key.text)["kid"].get<std::string>();
        found.key = security::open_signing_key(keys.seal_key, kid, created->sealed_key);
      } else if (auto* secret = std::get_if<ClientSecretIssued>(&entry.event)) {
        if (secret->account == account) found.credential = entry.subject.as<CredentialId>();
      }
      return true;
    });
    EXPECT_TRUE(read && found.key);
    return found;
  }
  /// A token of the service's own key that ends so many seconds from now.
  std::string issue(std::int64_t issued, std::int64_t expires) const {
    auto [key, credential] = signed_by();
    security::AccessTokens tokens(live_service().base(), live_service().base(),
                                  {{*key, Time{0}, Time{INT64_MAX}}});
    auto now = system_now();
    security::AccessTokenClaims claims;
    claims.account = *parse_id<AccountId>(application().id);
    claims.organization = *parse_id<OrganizationId>(live_service().founder().organization_id);
    claims.issued_at = {now.micros + issued * kSecond};
    claims.expires_at = {now.micros + expires * kSecond};
    claims.id = *parse_id<TokenId>("0195d3a0-0000-7000-8000-000000000003");
    claims.credential = credential;
    return tokens.issue(claims);
  }

  std::unique_ptr<HttpClient> client_ = live_service().client();
  std::string token_ = token_of(*client_, application());
};

TEST_F(BearerTest, AnApplicationsTokenLetsIn) {
  EXPECT_EQ(call(token_).status, 200);
  EXPECT_EQ(call({{"Authorization", "bearer " + token_}}).status, 200);
  EXPECT_EQ(call(issue(0, 3600)).status, 200);
}

TEST_F(BearerTest, AnAdministratorsTokenLetsIn) {
  EXPECT_EQ(call(live_service().founder().admin_token).status, 200);
}

TEST_F(BearerTest, NoneIsAskedFor) {
  expect_refused(call(Headers{}), "token_required");
  expect_refused(call({{"Authorization", ""}}), "token_required");
}

TEST_F(BearerTest, AnotherSchemeOrNoTokenIsNone) {
  for (const auto& header : {std::string("Basic YTpi"), std::string("Bearer"), "Bearer" + token_, token_,
                             "Token " + token_, "Bearer " + token_ + " x", "Bearer  " + token_}) {
    expect_refused(call({{"Authorization", header}}), "invalid_token");
  }
}

TEST_F(BearerTest, TwoHeadersAreNotChosenFrom) {
  auto good = "Bearer " + token_;
  expect_refused(call({{"Authorization", good}, {"Authorization", "Bearer x"}}), "invalid_token");
  expect_refused(call({{"Authorization", good}, {"Authorization", good}}), "invalid_token");
}

TEST_F(BearerTest, AChangedTokenIsNone) {
  for (auto at : {std::size_t{3}, token_.find('.') + 9, token_.rfind('.') + 9}) {
    auto changed = token_;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    expect_refused(call(changed), "invalid_token");
  }
  expect_refused(call(token_.substr(0, token_.size() - 1)), "invalid_token");
  EXPECT_EQ(call(token_).status, 200);
}

TEST_F(BearerTest, ATokenWithoutASignatureIsNone) {
  auto payload = token_.substr(token_.find('.'), token_.rfind('.') + 1 - token_.find('.'));
  for (auto* header :
       {R"({"alg":"none","typ":"at+jwt"})", R"({"alg":"None"})", R"({"alg":"HS256","typ":"at+jwt"})"}) {
    expect_refused(call(security::to_base64url(header) + payload), "invalid_token");
  }
  expect_refused(call(token_.substr(0, token_.rfind('.') + 1)), "invalid_token");
}

TEST_F(BearerTest, ATokenOfAnotherServiceIsNone) {
  Service other;
  auto admin = other.admin();
  auto stranger = register_application(*admin, "Stranger", "stranger@example.org", {"intake_worker"});
  expect_refused(call(token_of(*admin, stranger)), "invalid_token");
  expect_refused(call(other.founder().admin_token), "invalid_token");
}

TEST_F(BearerTest, ATokenThatIsOverIsToldSo) {
  expect_refused(call(issue(-3600, -1)), "token_expired");
  expect_refused(call(issue(600, 3600)), "invalid_token");  // not yet
}

TEST_F(BearerTest, MadeUpSecretsAreNone) {
  for (auto* token : {"bya_", "bya_x", "bya_8IQv53tjEGSxBErVgWdW2bz2xRcM49FYePKy65yL4Le0T8cmH", "byl_x", ".",
                      "..", "a.b.c"}) {
    expect_refused(call(std::string(token)), "invalid_token");
  }
  expect_refused(call(application().secret), "invalid_token");  // good for a token only
}

TEST_F(BearerTest, ATokenEndsWithItsAccount) {
  auto admin = live_service().admin();
  auto leaver = register_application(*admin, "Leaver", "bearer-leaver@example.org", {"intake_worker"});
  auto token = token_of(*client_, leaver);
  ASSERT_EQ(call(token).status, 200);
  auto path = "/admin/applications/" + leaver.id;
  auto set = [&](const char* status) {
    ASSERT_EQ(admin->patch(path, document("applications", {{"status", status}}, leaver.id)).status, 200);
  };
  set("deactivated");
  expect_refused(call(token), "account_inactive");
  set("active");
  EXPECT_EQ(call(token).status, 200);
  ASSERT_EQ(admin->remove(path).status, 204);
  expect_refused(call(token), "account_inactive");
}

TEST_F(BearerTest, TheQueryIsNoPlaceForIt) {
  auto reply = client_->get("/intake/reports?access_token=" + token_);
  EXPECT_EQ(reply.status, 401);
  EXPECT_EQ(reply.body.find(token_), std::string::npos);
}

}  // namespace
}  // namespace byline::test
