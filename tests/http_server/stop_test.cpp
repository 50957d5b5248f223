// stop() finishes what was accepted, and nothing holds it up for longer than the drain timeout.

#include <gtest/gtest.h>

#include "http_server/echo_server.hpp"

namespace byline::test {
namespace {

using namespace std::chrono_literals;

void stop_listening(EchoServer& server) {
  server.server().stop();
  while (is_listening(server.port())) std::this_thread::yield();
}

TEST(StopTest, ARequestAtWorkIsAnswered) {
  EchoServer server;
  RawConnection connection(server.port());
  connection.send(get_request("/wait"));
  server.echo().expect_waiting();
  stop_listening(server);
  server.echo().release();
  auto reply = connection.receive();
  EXPECT_EQ(reply.status, 200);
  EXPECT_TRUE(connection.ended());
  server.join();
  EXPECT_EQ(server.server().connections(), 0U);
}

TEST(StopTest, ARequestHalfOfWhichHasArrivedIsAnswered) {
  EchoServer server;
  RawConnection connection(server.port());
  connection.send("POST /a HTTP/1.1\r\nHost: byline\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
  ASSERT_EQ(connection.receive().status, 100);
  stop_listening(server);
  connection.send("hello");
  auto reply = connection.receive();
  EXPECT_EQ(reply.body, "POST /a hello");
  server.join();
}

TEST(StopTest, IdleConnectionsAreClosedAtOnce) {
  http::ServerOptions options;
  options.drain_timeout = 1h;
  EchoServer server(options);
  RawConnection fresh(server.port());
  RawConnection used(server.port());
  used.send(get_request("/"));
  ASSERT_EQ(used.receive().status, 200);
  server.stop();
  EXPECT_TRUE(fresh.ended());
  EXPECT_TRUE(used.ended());
}

TEST(StopTest, ARequestWithoutAnEndIsCutAtTheDeadline) {
  http::ServerOptions options;
  options.drain_timeout = 50ms;
  EchoServer server(options);
  RawConnection connection(server.port());
  connection.send("POST / HTTP/1.1\r\nHost: byline\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
  ASSERT_EQ(connection.receive().status, 100);
  server.stop();
  EXPECT_TRUE(connection.ended());
}

TEST(StopTest, AHandlerWithoutAnEndIsCutAtTheDeadline) {
  http::ServerOptions options;
  options.drain_timeout = 50ms;
  EchoServer server(options);
  RawConnection connection(server.port());
  connection.send(get_request("/wait"));
  server.echo().expect_waiting();
  server.stop();
  EXPECT_TRUE(connection.ended());
}

TEST(StopTest, AClientThatDoesNotTakeItsAnswerIsCutAtTheDeadline) {
  http::ServerOptions options;
  options.drain_timeout = 50ms;
  EchoServer server(options);
  RawConnection connection(server.port());
  connection.send(get_request("/large"));
  while (!connection.is_readable_within(1000ms)) ASSERT_GT(server.server().connections(), 0U);
  server.stop();
  EXPECT_LT(connection.receive_all().size(), std::size_t{32 << 20});
}

TEST(StopTest, CanBeAskedForManyTimesAndBeforeTheFirstConnection) {
  EchoServer server;
  server.server().stop();
  server.server().stop();
  server.join();
  EXPECT_FALSE(is_listening(server.port()));
}

TEST(StopTest, AtAnyMomentIsClean) {
  for (int i = 0; i < 40; ++i) {
    EchoServer server;
    RawConnection first(server.port());
    RawConnection second(server.port());
    first.send(get_request("/first"));
    if (i % 2) {
      EXPECT_EQ(first.receive().status, 200);
    }
    second.send(get_request("/second") + get_request("/third"));
    server.stop();
    // Answered whole or not at all.
    auto text = second.receive_all();
    EXPECT_TRUE(text.empty() || text.ends_with("/second ") || text.ends_with("/third ")) << text;
  }
}

}  // namespace
}  // namespace byline::test
