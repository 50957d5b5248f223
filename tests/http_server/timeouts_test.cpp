// Every wait for a client has an end. The limits here are short so that the tests are; nothing asserts how
// long a thing took.

#include <gtest/gtest.h>

#include "http_server/echo_server.hpp"

namespace byline::test {
namespace {

using namespace std::chrono_literals;

/// One limit is short, so that it is the one that is met.
http::ServerOptions short_limit(std::chrono::milliseconds http::ServerOptions::* limit) {
  http::ServerOptions options;
  options.*limit = 100ms;
  return options;
}

std::string post_head(const std::string& field) {
  return "POST / HTTP/1.1\r\nHost: byline\r\n" + field + "\r\n\r\n";
}

void expect_timeout(RawConnection& connection) {
  auto reply = connection.receive();
  EXPECT_EQ(reply.status, 408);
  EXPECT_TRUE(reply.body.starts_with("request_timeout:")) << reply.body;
  EXPECT_EQ(reply.header("connection"), "close");
  EXPECT_TRUE(connection.ended());
}

TEST(TimeoutsTest, AConnectionThatSaysNothingIsClosedWithoutAWord) {
  EchoServer server(short_limit(&http::ServerOptions::idle_timeout));
  RawConnection silent(server.port());
  EXPECT_TRUE(silent.ended());
  RawConnection served(server.port());
  served.send(get_request("/"));
  EXPECT_EQ(served.receive().status, 200);
  EXPECT_TRUE(served.ended());
}

TEST(TimeoutsTest, AHeaderThatStopsIsAnsweredWith408) {
  EchoServer server(short_limit(&http::ServerOptions::header_timeout));
  for (auto* beginning : {"G", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nHost: byline\r\n", "\r\n"}) {
    RawConnection connection(server.port());
    connection.send(beginning);
    expect_timeout(connection);
  }
}

TEST(TimeoutsTest, AHeaderThatTricklesGainsNoTime) {
  EchoServer server(short_limit(&http::ServerOptions::header_timeout));
  RawConnection connection(server.port());
  connection.send("GET / HTTP/1.1\r\nX: ");
  while (!connection.is_readable_within(5ms)) ASSERT_TRUE(connection.send("x"));
  EXPECT_EQ(connection.receive().status, 408);
}

TEST(TimeoutsTest, ABodyThatStopsIsAnsweredWith408) {
  EchoServer server(short_limit(&http::ServerOptions::body_timeout));
  for (const auto& beginning : {post_head("Content-Length: 5") + "hell", post_head("Content-Length: 5"),
                                post_head("Transfer-Encoding: chunked") + "5\r\nhel",
                                post_head("Transfer-Encoding: chunked") + "5\r\nhello\r\n0\r\n"}) {
    RawConnection connection(server.port());
    connection.send(beginning);
    expect_timeout(connection);
  }
}

TEST(TimeoutsTest, ABodyThatTricklesGainsNoTime) {
  EchoServer server(short_limit(&http::ServerOptions::body_timeout));
  RawConnection connection(server.port());
  connection.send(post_head("Content-Length: 1000000"));
  while (!connection.is_readable_within(5ms)) ASSERT_TRUE(connection.send("x"));
  EXPECT_EQ(connection.receive().status, 408);
}

TEST(TimeoutsTest, AClientThatDoesNotTakeItsAnswerIsLeft) {
  EchoServer server(short_limit(&http::ServerOptions::write_timeout));
  RawConnection connection(server.port());
  connection.send(get_request("/large"));
  while (!connection.is_readable_within(1000ms)) ASSERT_GT(server.server().connections(), 0U);
  while (server.server().connections() > 0) std::this_thread::yield();
  auto taken = connection.receive_all();
  EXPECT_TRUE(taken.starts_with("HTTP/1.1 200 OK\r\n"));
  EXPECT_LT(taken.size(), std::size_t{32 << 20});
}

TEST(TimeoutsTest, AnAnswerMayTakeLongerThanAnyOfThem) {
  auto options = short_limit(&http::ServerOptions::idle_timeout);
  options.header_timeout = options.body_timeout = options.write_timeout = options.idle_timeout;
  EchoServer server(options);
  RawConnection connection(server.port());
  connection.send(get_request("/wait"));
  server.echo().expect_waiting();
  for (int i = 0; i < 3; ++i) {
    RawConnection clock(server.port());
    EXPECT_TRUE(clock.ended());  // the idle limit has passed once more
  }
  server.echo().release();
  EXPECT_EQ(connection.receive().status, 200);
}

}  // namespace
}  // namespace byline::test
