// SIGTERM: what was accepted is finished and answered, everybody else is let go, and the exit status is 0
// within the deadline.

#include <gtest/gtest.h>
#include <signal.h>

#include <set>
#include <thread>

#include "support/raw_connection.hpp"
#include "support/service.hpp"

namespace byline::test {
namespace {

std::string post_report(const Service& service, const std::string& title, const std::string& more = {}) {
  auto body = document("reports", {{"title", title}}).dump();
  return "POST /intake/reports HTTP/1.1\r\nHost: byline\r\nAuthorization: Bearer " +
         service.founder().admin_token + "\r\nContent-Type: application/vnd.api+json\r\n" + more +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::set<std::string> titles(const Service& service) {
  auto admin = service.admin();
  std::set<std::string> found;
  for (std::string page = "/intake/reports?page[size]=100"; !page.empty();) {
    auto answer = admin->get(page).json();
    for (const auto& record : answer.at("data")) found.insert(record.at("attributes").at("title"));
    page = answer["links"]["next"].is_string() ? answer["links"]["next"].get<std::string>() : "";
  }
  return found;
}

/// Sends SIGTERM and returns when nobody listens any more.
void begin_stop(const Service& service) {
  ::kill(service.pid(), SIGTERM);
  while (is_listening(service.port())) std::this_thread::yield();
}

TEST(ShutdownTest, AWriteThatHasBegunIsFinishedAndAnswered) {
  Service service;
  RawConnection connection(service.port());
  auto request = post_report(service, "half in", "Expect: 100-continue\r\n");
  auto body = request.find("\r\n\r\n") + 4;
  connection.send(request.substr(0, body));
  ASSERT_EQ(connection.receive().status, 100);
  begin_stop(service);
  connection.send(request.substr(body));
  auto reply = connection.receive();
  EXPECT_EQ(reply.status, 201) << reply.body;
  EXPECT_TRUE(connection.ended());
  EXPECT_EQ(service.stop(), 0);
  service.start();
  EXPECT_TRUE(titles(service).contains("half in"));
}

TEST(ShutdownTest, WhatWasAnsweredIsThereAfterARestart) {
  Service service;
  RawConnection connection(service.port());
  std::string requests;
  for (int i = 0; i < 200; ++i) requests += post_report(service, "report " + std::to_string(i));
  connection.send(requests);
  ASSERT_EQ(connection.receive().status, 201);
  ::kill(service.pid(), SIGTERM);
  std::set<std::string> answered = {"report 0"};
  for (auto reply = connection.receive(); reply.status != 0; reply = connection.receive()) {
    ASSERT_EQ(reply.status, 201);
    answered.insert(reply.json()["data"]["attributes"]["title"]);
  }
  EXPECT_EQ(service.stop(), 0);
  service.start();
  auto kept = titles(service);
  for (const auto& title : answered) EXPECT_TRUE(kept.contains(title)) << title;
}

TEST(ShutdownTest, IdleConnectionsAreClosed) {
  Service service({"--drain-seconds", "3600"});
  RawConnection fresh(service.port());
  RawConnection used(service.port());
  used.send(get_request("/health/live"));
  ASSERT_EQ(used.receive().status, 200);
  EXPECT_EQ(service.stop(), 0);
  EXPECT_TRUE(fresh.ended());
  EXPECT_TRUE(used.ended());
  EXPECT_FALSE(is_listening(service.port()));
}

TEST(ShutdownTest, ARequestThatNeverEndsDoesNotHoldItUp) {
  Service service({"--drain-seconds", "1"});
  RawConnection connection(service.port());
  auto request = post_report(service, "never in", "Expect: 100-continue\r\n");
  connection.send(request.substr(0, request.find("\r\n\r\n") + 4));
  ASSERT_EQ(connection.receive().status, 100);
  EXPECT_EQ(service.stop(), 0);
  EXPECT_TRUE(connection.ended());
}

TEST(ShutdownTest, SigintStopsItTheSameWay) {
  Service service;
  ::kill(service.pid(), SIGINT);
  EXPECT_EQ(service.stop(), 0);
  auto log = service.log();
  EXPECT_NE(log.find("stopping signal=SIGINT"), std::string::npos) << log;
  EXPECT_NE(log.find("stopped"), std::string::npos) << log;
}

}  // namespace
}  // namespace byline::test
