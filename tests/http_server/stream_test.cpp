// Answers that come bit by bit (RFC 9112 §7.1).

#include <gmock/gmock.h>

#include "http_server/echo_server.hpp"

namespace byline::test {
namespace {

using namespace std::chrono_literals;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(StreamTest, IsSentInChunksAndTheConnectionGoesOn) {
  EchoServer server;
  RawConnection connection(server.port());
  connection.send(get_request("/stream") + get_request("/next", "Connection: close\r\n"));
  auto all = connection.receive_all();
  EXPECT_THAT(all, HasSubstr("Transfer-Encoding: chunked\r\n"));
  auto first = all.substr(0, all.find("HTTP/1.1", 1));
  EXPECT_THAT(first, EndsWith("\r\n\r\n3\r\none\r\n3\r\ntwo\r\n5\r\nthree\r\n0\r\n\r\n"));
  EXPECT_THAT(first, Not(HasSubstr("Content-Length")));
  EXPECT_THAT(all, EndsWith("GET /next "));
  EXPECT_EQ(server.echo().streams(), 0);
}

TEST(StreamTest, WhoSpeaksOldHttpReadsUntilTheEnd) {
  EchoServer server;
  RawConnection connection(server.port());
  connection.send("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  auto all = connection.receive_all();
  EXPECT_THAT(all, EndsWith("\r\n\r\nonetwothree"));
  EXPECT_THAT(all, Not(HasSubstr("chunked")));
  EXPECT_THAT(all, HasSubstr("Connection: close"));
}

TEST(StreamTest, HeadGetsTheHeadAlone) {
  EchoServer server;
  RawConnection connection(server.port());
  connection.send("HEAD /stream HTTP/1.1\r\nHost: byline\r\n\r\n" + get_request("/next"));
  EXPECT_EQ(connection.receive(true).header("transfer-encoding"), "chunked");
  EXPECT_EQ(connection.receive().body, "GET /next ");
  EXPECT_EQ(server.echo().pieces(), 0);
}

TEST(StreamTest, IsBroughtToItsEndWhenTheServerStops) {
  EchoServer server;
  RawConnection connection(server.port());
  connection.send(get_request("/endless"));
  while (server.echo().pieces() < 3) std::this_thread::yield();
  server.server().stop();
  EXPECT_THAT(connection.receive_all(), EndsWith("\r\n3\r\nbye\r\n0\r\n\r\n"));
  server.join();
  EXPECT_EQ(server.echo().streams(), 0);
}

TEST(StreamTest, NothingPilesUpForWhoDoesNotReadAndItIsCutOff) {
  http::ServerOptions options;
  options.write_timeout = 300ms;
  EchoServer server(options);
  RawConnection connection(server.port());
  connection.send(get_request("/endless"));
  while (server.echo().streams() == 0) std::this_thread::yield();
  while (server.echo().streams() > 0) std::this_thread::sleep_for(10ms);
  // What fits into the two sockets' buffers, and no more.
  EXPECT_LT(server.echo().pieces(), 1000);
  auto all = connection.receive_all();
  EXPECT_THAT(all, Not(EndsWith("0\r\n\r\n"))) << "it is not taken for the whole";
}

TEST(StreamTest, WhatCannotGoOnIsNotTakenForTheWhole) {
  EchoServer server;
  RawConnection connection(server.port());
  connection.send(get_request("/broken") + get_request("/next"));
  EXPECT_THAT(connection.receive_all(), EndsWith("\r\n\r\n3\r\none\r\n"));
}

TEST(StreamTest, EndsWithItsConnection) {
  EchoServer server;
  {
    RawConnection connection(server.port());
    connection.send(get_request("/endless"));
    while (server.echo().pieces() < 3) std::this_thread::yield();
  }
  while (server.echo().streams() > 0) std::this_thread::sleep_for(1ms);
}

}  // namespace
}  // namespace byline::test
