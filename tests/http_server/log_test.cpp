// One line of log a request, that tells what happened and nothing that must stay secret.

#include <gtest/gtest.h>

#include <regex>

#include "support/raw_connection.hpp"
#include "support/service.hpp"

namespace byline::test {
namespace {

constexpr const char* kEmail = "secret.person+casebook@example.org";

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

class LogTest : public testing::TestWithParam<std::string> {
 protected:
  Service service_{{"--log-format", GetParam()}};
  std::unique_ptr<HttpClient> admin_ = service_.admin();
};

/// Puts what is secret wherever a client could, rightly or wrongly; gives all of it.
std::vector<std::string> use_secrets(Service& service, HttpClient& admin) {
  auto application = register_application(admin, "Night Owl", kEmail, {"intake_worker"});
  auto token = token_of(admin, application);
  auto client = service.client(token);
  client->post("/intake/reports", document("reports", {{"contact", kEmail}, {"secret", application.secret}}));
  client->get("/intake/reports?filter[contact]=" + std::string("secret.person%2Bcasebook@example.org"));
  client->get("/intake/reports?access_token=" + token);
  client->get("/intake/reports/" + std::string(kEmail));
  client->get("/intake/" + application.secret);
  client->get("/" + token);
  admin.get("/admin/applications?filter[email]=secret.person%2Bcasebook@example.org");
  admin.post_form("/oauth2/token?client_secret=" + application.secret,
                  {{"grant_type", "client_credentials"}});
  admin.post_form("/oauth2/token", {{"client_secret", application.secret}, {"username", kEmail}});
  admin.get("/admin/users", {{"X-Request-Id", kEmail}, {"Cookie", "token=" + token}, {"User-Agent", kEmail}});
  admin.get("/admin/users", {{"Idempotency-Key", application.secret}, {"traceparent", token}});
  exchange(service.port(), "GET /" + application.secret + " HTTP/1.1\r\nHost : " + kEmail + "\r\n\r\n");
  exchange(service.port(), application.secret + "\r\n" + token + "\r\n\r\n");
  return {application.secret,
          token,
          token.substr(token.rfind('.')),
          service.founder().admin_token,
          kEmail,
          "secret.person",
          "ada@example.org",
          "Night Owl"};
}

TEST_P(LogTest, HoldsNoSecretTokenOrEmail) {
  auto secrets = use_secrets(service_, *admin_);
  ASSERT_EQ(service_.stop(), 0);
  auto log = service_.log();
  EXPECT_GT(lines_of(log).size(), 15U);
  for (const auto& secret : secrets) EXPECT_EQ(log.find(secret), std::string::npos) << secret;
}

TEST_P(LogTest, NeverNamesAPathOnDisk) {
  use_secrets(service_, *admin_);
  ASSERT_EQ(service_.stop(), 0);
  EXPECT_EQ(service_.log().find(service_.data().string()), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Forms, LogTest, testing::Values("text", "json"),
                         [](const auto& form) { return form.param; });

TEST(JsonLogTest, EveryLineIsAnObject) {
  Service service({"--log-format", "json"});
  auto admin = service.admin();
  use_secrets(service, *admin);
  ASSERT_EQ(service.stop(), 0);
  std::vector<std::string> events;
  for (const auto& line : lines_of(service.log())) {
    auto object = nlohmann::json::parse(line, nullptr, false);
    ASSERT_TRUE(object.is_object()) << line;
    EXPECT_TRUE(std::regex_match(object["time"].get<std::string>(),
                                 std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z)")))
        << line;
    events.push_back(object.value("event", ""));
  }
  EXPECT_EQ(events.front(), "listening");
  EXPECT_EQ(events.back(), "stopped");
}

TEST(JsonLogTest, ARequestIsOneLine) {
  Service service({"--log-format", "json"});
  auto admin = service.admin();
  admin->get("/admin/users/" + service.founder().admin_id + "?fields[users]=name",
             {{"X-Request-Id", "job-7.b_3"}});
  ASSERT_EQ(service.stop(), 0);
  std::vector<nlohmann::json> found;
  for (const auto& line : lines_of(service.log())) {
    auto object = nlohmann::json::parse(line);
    if (object.value("request_id", "") == "job-7.b_3") found.push_back(object);
  }
  ASSERT_EQ(found.size(), 1U);
  const auto& line = found.front();
  EXPECT_EQ(line["level"], "info");
  EXPECT_EQ(line["event"], "request");
  EXPECT_EQ(line["method"], "GET");
  EXPECT_EQ(line["route"], "/admin/users/{id}");
  EXPECT_EQ(line["status"], 200);
  EXPECT_EQ(line["actor"], service.founder().admin_id);
  EXPECT_TRUE(line["duration_ms"].is_number_float());
}

TEST(TextLogTest, ARequestIsOneLine) {
  Service service;
  auto admin = service.admin();
  admin->get("/admin/users", {{"X-Request-Id", "job-8"}});
  admin->get("/nowhere", {{"X-Request-Id", "job-9"}});
  exchange(service.port(), "GET / HTTP/1.1\r\nX-Request-Id: job-10\r\n\r\n");  // no Host
  ASSERT_EQ(service.stop(), 0);
  auto log = service.log();
  const std::string start = R"(\n\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z info request )";
  for (const auto& rest :
       {"method=GET route=/admin/users status=200 duration_ms=[0-9.]+ actor=" + service.founder().admin_id +
            " request_id=job-8\n",
        std::string(R"(method=GET route=\(none\) status=404 duration_ms=[0-9.]+ actor=- request_id=job-9\n)"),
        std::string(
            R"(method=- route=\(none\) status=400 duration_ms=[0-9.]+ actor=- request_id=job-10\n)")}) {
    EXPECT_TRUE(std::regex_search(log, std::regex(start + rest))) << rest << "\nin\n" << log;
  }
}

TEST(RequestIdTest, AUsableOneIsKeptAndAnyOtherReplaced) {
  Service service;
  auto send = [&](const std::string& id) {
    return exchange(service.port(), get_request("/health/live", "X-Request-Id: " + id + "\r\n"))
        .header("x-request-id");
  };
  for (const auto& id : {std::string("a"), std::string("7f9c-A.b_0"), std::string(64, 'x')})
    EXPECT_EQ(send(id), id);
  for (const auto& id :
       {std::string(), std::string(65, 'x'), std::string("a b"), std::string("a=b"), std::string("é"),
        std::string("a%0ab"), std::string("\"x\""), std::string("a\tb"), std::string(5000, 'y')}) {
    EXPECT_TRUE(std::regex_match(send(id), std::regex("[0-9a-f]{16}"))) << id;
  }
  EXPECT_NE(send(""), send(""));
  // Line breaks never get as far as that.
  for (auto* id : {"a\nb", "a\rb", "a\r\n b"})
    EXPECT_EQ(
        exchange(service.port(), get_request("/health/live", "X-Request-Id: " + std::string(id) + "\r\n"))
            .status,
        400);
}

}  // namespace
}  // namespace byline::test
