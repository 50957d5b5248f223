// How a body arrives: by length, in chunks, or after it was asked for (RFC 9112 §6, §7, RFC 9110 §10.1.1).

#include <gtest/gtest.h>

#include "http_server/echo_server.hpp"

namespace byline::test {
namespace {

std::string post(const std::string& fields, const std::string& body) {
  return "POST /echo HTTP/1.1\r\nHost: byline\r\n" + fields + "\r\n" + body;
}
std::string chunked(const std::string& body) { return post("Transfer-Encoding: chunked\r\n", body); }

class BodyTest : public testing::Test {
 protected:
  EchoServer server_;
  RawConnection connection_{server_.port()};
};

TEST_F(BodyTest, ComesWithItsLength) {
  connection_.send(post("Content-Length: 5\r\n", "hello") + post("Content-Length: 0\r\n", ""));
  EXPECT_EQ(connection_.receive().body, "POST /echo hello");
  EXPECT_EQ(connection_.receive().body, "POST /echo ");
}

TEST_F(BodyTest, MayHoldAnyByte) {
  std::string every;
  for (int i = 0; i < 256; ++i) every += static_cast<char>(i);
  connection_.send(post("Content-Length: 256\r\n", every));
  EXPECT_EQ(connection_.receive().body, "POST /echo " + every);
}

TEST_F(BodyTest, ComesInChunks) {
  connection_.send(
      chunked("5\r\nhello\r\n1\r\n,\r\nA\r\n beautiful\r\n06;name=\"value\"\r\n world\r\n0\r\n\r\n"));
  EXPECT_EQ(connection_.receive().body, "POST /echo hello, beautiful world");
}

TEST_F(BodyTest, ComesInChunksByteByByte) {
  for (char c : chunked("5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nTrailer: here\r\n\r\n"))
    connection_.send({&c, 1});
  EXPECT_EQ(connection_.receive().body, "POST /echo hello world");
}

TEST_F(BodyTest, WhatFollowsTheLastChunkIsNoHeader) {
  connection_.send(
      chunked("2\r\nhi\r\n0\r\nAuthorization: Bearer x\r\nHost: evil\r\nX-Request-Id: evil\r\n\r\n") +
      get_request("/next"));
  auto reply = connection_.receive();
  EXPECT_EQ(reply.body, "POST /echo hi");
  EXPECT_EQ(reply.header("x-fields"), "Host,Transfer-Encoding,");
  EXPECT_NE(reply.header("x-request-id"), "evil");
  EXPECT_EQ(connection_.receive().body, "GET /next ");
}

TEST_F(BodyTest, TheNextRequestBeginsWhereItEnds) {
  connection_.send(chunked("3\r\nGET\r\n0\r\n\r\n") + post("Content-Length: 4\r\n", "GET ") +
                   get_request("/next"));
  EXPECT_EQ(connection_.receive().body, "POST /echo GET");
  EXPECT_EQ(connection_.receive().body, "POST /echo GET ");
  EXPECT_EQ(connection_.receive().body, "GET /next ");
}

TEST_F(BodyTest, IsAskedForWhereTheClientWaits) {
  connection_.send(post("Content-Length: 5\r\nExpect: 100-continue\r\n", ""));
  EXPECT_EQ(connection_.receive().status, 100);
  connection_.send("hello");
  auto reply = connection_.receive();
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "POST /echo hello");
}

TEST_F(BodyTest, IsAskedForInChunksToo) {
  connection_.send(post("Transfer-Encoding: chunked\r\nExpect: 100-Continue\r\n", ""));
  EXPECT_EQ(connection_.receive().status, 100);
  connection_.send("2\r\nhi\r\n0\r\n\r\n");
  EXPECT_EQ(connection_.receive().body, "POST /echo hi");
}

TEST_F(BodyTest, IsNotAskedForWhenItIsThere) {
  connection_.send(post("Content-Length: 5\r\nExpect: 100-continue\r\n", "hello"));
  EXPECT_EQ(connection_.receive().status, 200);
}

TEST_F(BodyTest, IsNotAskedForWhenItWouldBeRefused) {
  connection_.send(post("Content-Length: 99999999\r\nExpect: 100-continue\r\n", ""));
  auto reply = connection_.receive();
  EXPECT_EQ(reply.status, 413);
  EXPECT_EQ(reply.header("connection"), "close");
}

TEST_F(BodyTest, IsNotAskedForFromHttp10) {
  connection_.send("POST /echo HTTP/1.0\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  connection_.send("hi");
  EXPECT_EQ(connection_.receive().body, "POST /echo hi");
}

TEST_F(BodyTest, OtherExpectationsAreNotMet) {
  connection_.send(post("Content-Length: 5\r\nExpect: 200-ok\r\n", "hello"));
  EXPECT_EQ(connection_.receive().status, 417);
  EXPECT_TRUE(connection_.ended());
}

TEST_F(BodyTest, LeftUnfinishedIsNotHandled) {
  connection_.send(post("Content-Length: 5\r\n", "hell"));
  connection_.finish_sending();
  EXPECT_TRUE(connection_.ended());
}

}  // namespace
}  // namespace byline::test
