// What the transport does with what its handler gives it.

#include <gtest/gtest.h>

#include "http_server/echo_server.hpp"

namespace byline::test {
namespace {

class HandlerTest : public testing::Test {
 protected:
  EchoServer server_;
  RawConnection connection_{server_.port()};
};

TEST_F(HandlerTest, AFaultIsAnsweredWithoutItsText) {
  connection_.send(get_request("/throw") + get_request("/next"));
  auto reply = connection_.receive();
  EXPECT_EQ(reply.status, 500);
  EXPECT_TRUE(reply.body.starts_with("internal_error:"));
  EXPECT_EQ(reply.body.find("secret of the handler"), std::string::npos);
  EXPECT_EQ(connection_.receive().body, "GET /next ");
}

TEST_F(HandlerTest, AHeaderCannotSplitTheAnswer) {
  connection_.send(get_request("/split") + get_request("/next"));
  auto reply = connection_.receive();
  EXPECT_EQ(reply.status, 500);
  EXPECT_EQ(reply.header("set-cookie"), "");
  EXPECT_EQ(connection_.receive().body, "GET /next ");
}

TEST_F(HandlerTest, EveryAnswerIsNamedUnstoredAndUnsniffed) {
  connection_.send(get_request("/", "X-Request-Id: Job-7.b_3\r\n") + "nonsense\r\n\r\n");
  auto reply = connection_.receive();
  EXPECT_EQ(reply.header("x-request-id"), "Job-7.b_3");
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(reply.header("cache-control"), "no-store");
    EXPECT_EQ(reply.header("x-content-type-options"), "nosniff");
    EXPECT_FALSE(reply.header("x-request-id").empty());
    reply = connection_.receive();
  }
}

TEST_F(HandlerTest, ALargeAnswerArrivesWhole) {
  connection_.send(get_request("/large") + get_request("/next"));
  EXPECT_EQ(connection_.receive().body.size(), std::size_t{32 << 20});
  EXPECT_EQ(connection_.receive().body, "GET /next ");
}

TEST_F(HandlerTest, SeesTheTargetAsItWasSent) {
  connection_.send(get_request("/a%2Fb?c=%20d&e+f"));
  EXPECT_EQ(connection_.receive().body, "GET /a%2Fb?c=%20d&e+f ");
}

}  // namespace
}  // namespace byline::test
