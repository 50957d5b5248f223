// Every size has a bound, however the bytes arrive; past it the answer says which one, and the connection
// ends.

#include <gtest/gtest.h>

#include "http_server/echo_server.hpp"

namespace byline::test {
namespace {

constexpr std::size_t kHeaderLimit = 1024;
constexpr std::size_t kBodyLimit = 1000;

http::ServerOptions small() {
  http::ServerOptions options;
  options.header_limit = kHeaderLimit;
  options.body_limit = kBodyLimit;
  return options;
}

std::string in_chunks(std::size_t size, std::size_t of) {
  std::string body;
  for (std::size_t left = size; left > 0;) {
    auto part = std::min(left, of);
    char head[32];
    body.append(head, static_cast<std::size_t>(std::snprintf(head, sizeof head, "%zx\r\n", part)));
    body += std::string(part, 'x') + "\r\n";
    left -= part;
  }
  return body + "0\r\n\r\n";
}

class LimitsTest : public testing::Test {
 protected:
  std::string post(const std::string& field, const std::string& body) {
    return "POST / HTTP/1.1\r\nHost: byline\r\n" + field + "\r\n\r\n" + body;
  }
  void expect_refused(const std::string& request, int status, const std::string& code) {
    RawConnection connection(server_.port());
    connection.send(request);
    auto reply = connection.receive();
    EXPECT_EQ(reply.status, status);
    EXPECT_TRUE(reply.body.starts_with(code + ":")) << reply.body;
    EXPECT_EQ(reply.header("connection"), "close");
    EXPECT_TRUE(connection.ended());
  }
  void expect_served(const std::string& request) { EXPECT_EQ(exchange(server_.port(), request).status, 200); }

  EchoServer server_{small()};
};

TEST_F(LimitsTest, OfABodyByItsLength) {
  expect_served(post("Content-Length: 1000", std::string(kBodyLimit, 'x')));
  expect_refused(post("Content-Length: 1001", std::string(kBodyLimit + 1, 'x')), 413, "body_too_large");
  // Refused by what is announced; nothing of it need arrive.
  expect_refused(post("Content-Length: 1000000000000000000", ""), 413, "body_too_large");
}

TEST_F(LimitsTest, OfABodyInChunks) {
  expect_served(post("Transfer-Encoding: chunked", in_chunks(kBodyLimit, 100)));
  expect_served(post("Transfer-Encoding: chunked", in_chunks(kBodyLimit, 1)));
  expect_refused(post("Transfer-Encoding: chunked", in_chunks(kBodyLimit + 1, 100)), 413, "body_too_large");
  expect_refused(post("Transfer-Encoding: chunked", in_chunks(kBodyLimit + 1, 1)), 413, "body_too_large");
  expect_refused(post("Transfer-Encoding: chunked", "FFFFFFFFFFFFFFF\r\n"), 413, "body_too_large");
}

TEST_F(LimitsTest, OfALongBodyThatIsAlreadyOnItsWay) {
  // The client gets the answer though it is still sending.
  RawConnection connection(server_.port());
  connection.send(post("Transfer-Encoding: chunked", in_chunks(1 << 20, 4096)));
  EXPECT_EQ(connection.receive().status, 413);
}

TEST_F(LimitsTest, OfAHeaderInOneField) {
  expect_served(get_request("/", "X: " + std::string(900, 'x') + "\r\n"));
  expect_refused(get_request("/", "X: " + std::string(kHeaderLimit, 'x') + "\r\n"), 431, "header_too_large");
  expect_refused(get_request("/", std::string(kHeaderLimit, 'x') + ": X\r\n"), 431, "header_too_large");
}

TEST_F(LimitsTest, OfATarget) {
  expect_served(get_request("/" + std::string(900, 'x')));
  expect_refused(get_request("/" + std::string(kHeaderLimit, 'x')), 431, "header_too_large");
}

TEST_F(LimitsTest, OfAHeaderThatNeverEnds) {
  expect_refused("GET / HTTP/1.1\r\nX: " + std::string(kHeaderLimit * 2, 'x'), 431, "header_too_large");
  expect_refused(std::string(kHeaderLimit * 2, 'G'), 431, "header_too_large");
}

TEST_F(LimitsTest, OfAHeaderThatComesFieldByField) {
  RawConnection connection(server_.port());
  connection.send("GET / HTTP/1.1\r\nHost: byline\r\n");
  // A field at a time, so that each arrives alone.
  while (!connection.is_readable_within(std::chrono::milliseconds(1))) {
    if (!connection.send("X-Field: 0123456789\r\n")) break;
  }
  EXPECT_EQ(connection.receive().status, 431);
}

TEST_F(LimitsTest, OfTheNumberOfFields) {
  std::string fields;
  for (int i = 0; i < 99; ++i) fields += "X:\r\n";  // and Host
  expect_served(get_request("/", fields));
  expect_refused(get_request("/", fields + "X:\r\n"), 431, "header_too_large");
}

TEST_F(LimitsTest, OfAChunksLine) {
  expect_served(post("Transfer-Encoding: chunked", "1;x=" + std::string(100, 'y') + "\r\nz\r\n0\r\n\r\n"));
  expect_refused(post("Transfer-Encoding: chunked", "1;x=" + std::string(70'000, 'y')), 431,
                 "header_too_large");
  expect_refused(post("Transfer-Encoding: chunked", "1\r\nz\r\n0\r\nX: " + std::string(70'000, 'y')), 431,
                 "header_too_large");
}

TEST_F(LimitsTest, HoldForEveryRequestOfAConnection) {
  RawConnection connection(server_.port());
  connection.send(post("Content-Length: 1000", std::string(kBodyLimit, 'x')) +
                  get_request("/", "X: " + std::string(900, 'x') + "\r\n") +
                  post("Content-Length: 1001", std::string(kBodyLimit + 1, 'x')));
  EXPECT_EQ(connection.receive().status, 200);
  EXPECT_EQ(connection.receive().status, 200);
  EXPECT_EQ(connection.receive().status, 413);
  EXPECT_TRUE(connection.ended());
}

}  // namespace
}  // namespace byline::test
