// How long a connection lasts, and in which order it is answered (RFC 9112 §9).

#include <gtest/gtest.h>

#include "support/live_service.hpp"

namespace byline::test {
namespace {

std::string post_application(const Service& service, const nlohmann::json& document) {
  auto body = document.dump();
  return "POST /admin/applications HTTP/1.1\r\nHost: byline\r\nAuthorization: Bearer " +
         service.founder().admin_token +
         "\r\nContent-Type: application/vnd.api+json\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

class KeepAliveTest : public testing::Test {
 protected:
  Service& service_ = live_service();
  RawConnection connection_{service_.port()};
};

TEST_F(KeepAliveTest, AConnectionServesOneRequestAfterTheOther) {
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(connection_.send(get_request("/health/live")));
    auto reply = connection_.receive();
    ASSERT_EQ(reply.status, 200);
    EXPECT_EQ(reply.header("connection"), "");
  }
}

TEST_F(KeepAliveTest, TheClientCanEndIt) {
  connection_.send(get_request("/health/live", "Connection: close\r\n"));
  auto reply = connection_.receive();
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.header("connection"), "close");
  EXPECT_TRUE(connection_.ended());
}

TEST_F(KeepAliveTest, WhoSendsNoMoreStillGetsTheAnswer) {
  connection_.send(get_request("/health/live"));
  connection_.finish_sending();
  EXPECT_EQ(connection_.receive().status, 200);
  EXPECT_TRUE(connection_.ended());
}

TEST_F(KeepAliveTest, AnErrorOfTheApiDoesNotEndIt) {
  connection_.send(get_request("/nowhere") + get_request("/admin/users") + get_request("/health/live"));
  EXPECT_EQ(connection_.receive().status, 404);
  EXPECT_EQ(connection_.receive().status, 401);
  EXPECT_EQ(connection_.receive().status, 200);
}

TEST_F(KeepAliveTest, Http10EndsAfterOneRequest) {
  connection_.send("GET /health/live HTTP/1.0\r\n\r\n");
  auto reply = connection_.receive();
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.header("connection"), "close");
  EXPECT_TRUE(connection_.ended());
}

TEST_F(KeepAliveTest, Http10CanAskToBeKept) {
  for (int i = 0; i < 2; ++i) {
    connection_.send("GET /health/live HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    auto reply = connection_.receive();
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.header("connection"), "keep-alive");
  }
}

TEST_F(KeepAliveTest, PipelinedRequestsAreAnsweredInOrder) {
  std::string requests;
  for (int i = 0; i < 100; ++i)
    requests +=
        get_request(i % 2 ? "/health/live" : "/openapi.json", "X-Request-Id: n" + std::to_string(i) + "\r\n");
  connection_.send(requests);
  for (int i = 0; i < 100; ++i) {
    auto reply = connection_.receive();
    ASSERT_EQ(reply.status, 200);
    ASSERT_EQ(reply.header("x-request-id"), "n" + std::to_string(i));
    ASSERT_EQ(reply.json().contains("openapi"), i % 2 == 0);
  }
}

TEST_F(KeepAliveTest, PipelinedWritesAreAnsweredInOrder) {
  auto admin = service_.admin();
  auto role = role_id(*admin, "intake_worker");
  std::string requests;
  for (int i = 0; i < 30; ++i) {
    auto number = std::to_string(i);
    requests += post_application(service_, account_document("applications", "Pipelined " + number,
                                                            "pipe+" + number + "@example.org", {role}));
    // Reads its own write, which is asked for before that one was answered.
    requests += get_request("/admin/applications?filter[email]=pipe%2B" + number + "@example.org",
                            "Authorization: Bearer " + service_.founder().admin_token + "\r\n");
  }
  connection_.send(requests);
  int last_position = 0;
  for (int i = 0; i < 30; ++i) {
    auto written = connection_.receive();
    ASSERT_EQ(written.status, 201) << written.body;
    EXPECT_EQ(written.json()["data"]["attributes"]["name"], "Pipelined " + std::to_string(i));
    auto position = std::stoi(written.header("byline-position"));
    EXPECT_GT(position, last_position);
    last_position = position;
    auto read = connection_.receive();
    ASSERT_EQ(read.status, 200);
    ASSERT_EQ(read.json()["data"].size(), 1U);
    EXPECT_EQ(read.json()["data"][0]["id"], written.json()["data"]["id"]);
  }
}

TEST_F(KeepAliveTest, ARequestMayComeByteByByte) {
  for (char c : get_request("/health/live", "X-Request-Id: slow\r\n")) connection_.send({&c, 1});
  auto reply = connection_.receive();
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.header("x-request-id"), "slow");
}

TEST_F(KeepAliveTest, EmptyLinesBeforeARequestAreOverlooked) {
  connection_.send("\r\n\r\n" + get_request("/health/live") + "\r\n" + get_request("/health/live"));
  EXPECT_EQ(connection_.receive().status, 200);
  EXPECT_EQ(connection_.receive().status, 200);
}

TEST_F(KeepAliveTest, HeadIsGetWithoutTheBody) {
  connection_.send("HEAD /openapi.json HTTP/1.1\r\nHost: byline\r\n\r\n" + get_request("/openapi.json"));
  auto head = connection_.receive(/*to_head=*/true);
  auto get = connection_.receive();
  EXPECT_EQ(head.status, 200);
  ASSERT_EQ(get.status, 200);  // so there was no body between the two
  for (auto* name : {"content-type", "content-length"}) EXPECT_EQ(head.header(name), get.header(name));
  EXPECT_EQ(get.header("content-length"), std::to_string(get.body.size()));
}

TEST_F(KeepAliveTest, HeadOfAnErrorHasNoBodyEither) {
  connection_.send("HEAD /nowhere HTTP/1.1\r\nHost: byline\r\n\r\n" + get_request("/health/live"));
  EXPECT_EQ(connection_.receive(/*to_head=*/true).status, 404);
  EXPECT_EQ(connection_.receive().status, 200);
}

}  // namespace
}  // namespace byline::test
