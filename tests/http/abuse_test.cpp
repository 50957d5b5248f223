// Who asks too often, who fails again and again, and what nobody may learn from it.

#include <chrono>
#include <thread>

#include "support/service_suite.hpp"

namespace byline::test {
namespace {

using nlohmann::json;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using Clock = std::chrono::steady_clock;

Reply ask(HttpClient& client, const std::string& id, const std::string& secret) {
  return client.post_form(
      "/oauth2/token", {{"grant_type", "client_credentials"}, {"client_id", id}, {"client_secret", secret}});
}

class RateLimit : public ServiceSuite {
 protected:
  Caller limited(int per_second) {
    auto made = caller();
    must(admin().patch("/admin/applications/" + made.account.id,
                       document("applications", {{"rate_limit", per_second}}, made.account.id)),
         200);
    return made;
  }
};

TEST_F(RateLimit, ABucketHoldsTwoSecondsWorth) {
  auto slow = limited(5);
  Reply reply;
  int passed = 0;
  for (; passed < 100; ++passed) {
    reply = slow.http->get("/intake/reports");
    if (reply.status != 200) break;
    EXPECT_EQ(reply.header("ratelimit-limit"), "10");
    EXPECT_FALSE(reply.header("ratelimit-reset").empty());
    EXPECT_LT(std::stoi(reply.header("ratelimit-remaining")), 10);
  }
  EXPECT_GE(passed, 10);
  EXPECT_LT(passed, 20) << "it fills slowly";
  EXPECT_EQ(reply.status, 429);
  EXPECT_EQ(reply.codes(), "rate_limited");
  EXPECT_EQ(reply.header("ratelimit-remaining"), "0");
  EXPECT_EQ(reply.header("retry-after"), "1");
  EXPECT_EQ(ask(*anonymous(), slow.account.id, slow.account.secret).status, 429) << "tokens are requests too";
  EXPECT_EQ(caller().http->get("/intake/reports").status, 200) << "others have buckets of their own";
  EXPECT_TRUE(admin().get("/admin/roles").header("ratelimit-limit").empty()) << "users are people";
}

TEST_F(RateLimit, ItFillsAgain) {
  auto slow = limited(20);
  while (slow.http->get("/intake/reports").status == 200) {
  }
  Reply reply;
  for (int tries = 0; tries < 200 && reply.status != 200; ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    reply = slow.http->get("/intake/reports");
  }
  EXPECT_EQ(reply.status, 200);
}

TEST(FailedAuthentications, AreAnsweredLaterAndLaterAndWhoIsRightIsLetIn) {
  Service service;
  auto admin = service.admin();
  auto attacked = register_application(*admin, "Attacked", "attacked@example.org", {"intake_worker"});
  auto neighbor = register_application(*admin, "Neighbor", "neighbor@example.org", {"intake_worker"});
  auto client = service.client();
  std::vector<int> statuses;
  std::vector<Clock::duration> took;
  std::string retry_after;
  for (int i = 0; i < 11; ++i) {
    auto started = Clock::now();
    auto reply = ask(*client, attacked.id, "byl_wrong");
    took.push_back(Clock::now() - started);
    statuses.push_back(reply.status);
    retry_after = reply.header("retry-after");
  }
  EXPECT_EQ(statuses, (std::vector<int>{401, 401, 401, 401, 401, 401, 401, 401, 401, 429, 429}));
  EXPECT_GT(took[8], took[3]) << "later and later";
  EXPECT_GT(took[8], std::chrono::seconds(2));
  EXPECT_GT(std::stoi(retry_after), 1);
  // Nobody is locked out by somebody else's guesses.
  EXPECT_EQ(ask(*client, neighbor.id, neighbor.secret).status, 200);
  EXPECT_EQ(ask(*client, attacked.id, attacked.secret).status, 200);
  EXPECT_EQ(ask(*client, attacked.id, "byl_wrong").status, 401) << "and what was counted is forgotten";

  // A client that does not exist fares the same.
  std::vector<int> of_nobody;
  for (int i = 0; i < 11; ++i)
    of_nobody.push_back(ask(*client, "01890a5d-ac96-774b-bcce-b302099a8057", "byl_wrong").status);
  EXPECT_EQ(of_nobody, statuses);

  // The audit has it summed up.
  Reply events;
  for (int tries = 0; tries < 200; ++tries) {
    events = admin->get("/admin/audit-events?filter[event_type]=AuthenticationsFailed");
    if (!events.json()["data"].empty()) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  ASSERT_EQ(events.json()["data"].size(), 1U) << events.body;
  auto data = events.json()["data"][0]["attributes"]["data"];
  EXPECT_EQ(data["account"], attacked.id);
  EXPECT_GE(data["attempts"], 11);
  EXPECT_EQ(data["lock_outs"], 1);
  EXPECT_EQ(data["last_from"], "127.0.0.1");
}

TEST(FailedAuthentications, TakeAsLongWhetherOrNotTheClientExists) {
  Service service;
  auto admin = service.admin();
  auto client = service.client();
  auto time = [&](const std::string& id) {
    auto started = Clock::now();
    EXPECT_EQ(ask(*client, id, "byl_C8DGCaAL8LFrJXoDsdSvo3OxCS8mwzFmhgqKJN91XHo43KlRO").status, 401);
    return Clock::now() - started;
  };
  std::vector<Clock::duration> known;
  std::vector<Clock::duration> unknown;
  time("warm");
  for (int i = 0; i < 20; ++i) {  // each a claim of its own, and few enough not to be slowed down
    auto made = register_application(*admin, "Known", "known+" + std::to_string(i) + "@example.org",
                                     {"intake_worker"});
    auto nobody = made.id;
    nobody.back() = nobody.back() == '0' ? '1' : '0';
    // What comes first after a write takes longer, whoever it is.
    if (i % 2 == 0) known.push_back(time(made.id));
    unknown.push_back(time(nobody));
    if (i % 2 == 1) known.push_back(time(made.id));
  }
  std::ranges::sort(known);
  std::ranges::sort(unknown);
  // The middle of each lies among the others.
  EXPECT_GT(known[10], unknown.front());
  EXPECT_LT(known[10], unknown.back());
  EXPECT_GT(unknown[10], known.front());
  EXPECT_LT(unknown[10], known.back());
}

TEST(Secrets, AreInNothingThatTheProcessWrites) {
  Service service({"--log-level", "debug", "--log-format", "json"});
  auto admin = service.admin();
  auto application = register_application(*admin, "Import", "import@example.org", {"intake_worker"});
  auto client = service.client();
  auto token = token_of(*client, application);
  std::vector<std::string> secrets = {service.founder().admin_token, application.secret, token,
                                      token.substr(token.rfind('.') + 1)};
  auto use = [&](const std::string& secret) {
    ask(*client, application.id, secret);
    ask(*client, secret, secret);
    client->send("GET", "/oauth2/token?client_secret=" + secret);
    client->send("GET", "/" + secret);
    client->send("GET", "/admin/roles?filter[name]=" + secret);
    client->send("GET", "/admin/roles", {}, {{"Authorization", "Bearer " + secret}, {"X-Request-Id", "a b"}});
    client->send("POST", "/admin/applications", "{\"data\": " + secret,
                 {{"Authorization", "Bearer " + secret}, {"Content-Type", "application/vnd.api+json"}});
    client->post_form(
        "/oauth2/introspect",
        {{"client_id", application.id}, {"client_secret", application.secret}, {"token", secret}});
    client->post_form(
        "/oauth2/revoke",
        {{"client_id", application.id}, {"client_secret", application.secret}, {"token", secret + "x"}});
  };
  for (const auto& secret : secrets) use(secret);
  auto rotated =
      must(admin->send("POST", must(admin->get("/admin/applications/" + application.id + "/credentials"),
                                    200)["data"][0]["links"]["self"]
                                       .get<std::string>() +
                                   "/rotate"),
           201);
  secrets.push_back(rotated["meta"]["client_secret"]);
  service.stop();
  auto log = service.log();
  EXPECT_THAT(log, HasSubstr("/oauth2/token")) << "it is a log";
  auto events = run_byline({"replay", "--data", service.data().string(), "--json"}).output;
  for (const auto& secret : secrets) {
    EXPECT_THAT(log, Not(HasSubstr(secret)));
    EXPECT_THAT(events, Not(HasSubstr(secret)));
  }
}

}  // namespace
}  // namespace byline::test
