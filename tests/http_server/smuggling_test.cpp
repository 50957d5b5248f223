// Requests whose end or whose meaning two parties could see differently: the material of request smuggling
// (RFC 9112 §11.2). Each is refused, and what follows it on the connection is never looked at.

#include <gtest/gtest.h>

#include "support/live_service.hpp"

namespace byline::test {
namespace {

struct Suspect {
  std::string name;
  std::string request;
  int status = 400;
};

void PrintTo(const Suspect& suspect, std::ostream* out) { *out << suspect.name; }

std::string token_request(const std::string& fields, const std::string& body) {
  return "POST /oauth2/token HTTP/1.1\r\nHost: byline\r\n" + fields + "\r\n" + body;
}
std::string get(const std::string& fields) { return "GET /health/live HTTP/1.1\r\n" + fields + "\r\n"; }
std::string chunks(const std::string& body) { return token_request("Transfer-Encoding: chunked\r\n", body); }

const Suspect kSuspects[] = {
    // The length given twice.
    {"two lengths that differ", token_request("Content-Length: 2\r\nContent-Length: 3\r\n", "abc")},
    {"two lengths that agree", token_request("Content-Length: 2\r\nContent-Length: 2\r\n", "ab")},
    {"a list of lengths", token_request("Content-Length: 2, 2\r\n", "ab")},
    {"length and coding", token_request("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")},
    {"coding and length", token_request("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n")},
    {"a coding in HTTP/1.0",
     "POST /oauth2/token HTTP/1.0\r\nHost: byline\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
    // A length that is no number.
    {"a length with a plus", token_request("Content-Length: +2\r\n", "ab")},
    {"a negative length", token_request("Content-Length: -2\r\n", "ab")},
    {"a hexadecimal length", token_request("Content-Length: 0x2\r\n", "ab")},
    {"a length with a space in it", token_request("Content-Length: 1 2\r\n", "ab")},
    {"an empty length", token_request("Content-Length:\r\n", "ab")},
    {"a length beyond 64 bits", token_request("Content-Length: 18446744073709551618\r\n", "ab")},
    // Codings.
    {"the coding twice",
     token_request("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")},
    {"a coding named badly", token_request("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"), 501},
    {"chunked, and not last", token_request("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"), 501},
    {"another coding first", token_request("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), 501},
    {"an empty coding", token_request("Transfer-Encoding:\r\n", "0\r\n\r\n"), 501},
    {"a coding in quotes", token_request("Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n"), 501},
    {"a coding behind a tab character", token_request("Transfer-Encoding: \x0b"
                                                      "chunked\r\n",
                                                      "0\r\n\r\n")},
    // Chunks.
    {"a chunk's size that is none", chunks("G\r\nhello\r\n0\r\n\r\n")},
    {"a chunk's size with a prefix", chunks("0x5\r\nhello\r\n0\r\n\r\n")},
    {"a negative chunk", chunks("-1\r\nhello\r\n0\r\n\r\n")},
    {"a chunk without a size", chunks("\r\nhello\r\n0\r\n\r\n")},
    {"a chunk's size beyond 64 bits", chunks("10000000000000005\r\nhello\r\n0\r\n\r\n")},
    {"a chunk longer than its size", chunks("4\r\nhello\r\n0\r\n\r\n")},
    {"a chunk's line that ends in a bare LF", chunks("5\nhello\r\n0\r\n\r\n")},
    {"a chunk that ends in a bare LF", chunks("5\r\nhello\n0\r\n\r\n")},
    {"a trailer that is a length", chunks("5\r\nhello\r\n0\r\nContent-Length: 5\r\n\r\n")},
    // Lines.
    {"a field that goes on in the next line", get("Host: byline\r\nX: a\r\n b\r\n")},
    {"a coding that goes on in the next line",
     token_request("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n")},
    {"a field that goes on after a tab", get("Host: byline\r\nX: a\r\n\tb\r\n")},
    {"a first field that goes on from nothing", get(" Host: byline\r\n")},
    {"bare LFs", "GET /health/live HTTP/1.1\nHost: byline\n\n"},
    {"one bare LF", get("Host: byline\nX: y\r\n")},
    {"a bare CR in a value", get("Host: byline\r\nX: a\rb\r\n")},
    {"a bare CR for a line's end", get("Host: byline\rX: y\r\n")},
    {"a NUL in a value", get("Host: byline\r\nX: a" + std::string(1, '\0') + "b\r\n")},
    {"a NUL in a name", get("Host: byline\r\nX" + std::string(1, '\0') + ": b\r\n")},
    {"a NUL in the target", "GET /health" + std::string(1, '\0') + "/live HTTP/1.1\r\nHost: byline\r\n\r\n"},
    {"a space before the colon", get("Host : byline\r\n")},
    {"a name with a space", get("Host: byline\r\nX Y: z\r\n")},
    {"a field without a colon", get("Host: byline\r\nX\r\n")},
    {"a field without a name", get("Host: byline\r\n: x\r\n")},
    {"a space in the target", "GET /health /live HTTP/1.1\r\nHost: byline\r\n\r\n"},
    {"two spaces in the first line", "GET  /health/live HTTP/1.1\r\nHost: byline\r\n\r\n"},
    {"no target", "GET HTTP/1.1\r\nHost: byline\r\n\r\n"},
    {"no version", "GET /health/live\r\nHost: byline\r\n\r\n"},
    {"a method with a colon", "GE:T /health/live HTTP/1.1\r\nHost: byline\r\n\r\n"},
    {"a version in small letters", "GET /health/live http/1.1\r\nHost: byline\r\n\r\n"},
    {"HTTP/2 without being asked", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
    {"a version to come", "GET /health/live HTTP/3.0\r\nHost: byline\r\n\r\n", 505},
    // To whom it goes.
    {"no host", get("")},
    {"two hosts", get("Host: byline\r\nHost: byline\r\n")},
    {"two hosts in HTTP/1.0", "GET /health/live HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"},
};

class SmugglingTest : public testing::TestWithParam<Suspect> {};

TEST_P(SmugglingTest, IsRefusedAndTheConnectionEnds) {
  RawConnection connection(live_service().port());
  connection.send(GetParam().request + get_request("/metrics"));
  auto reply = connection.receive();
  EXPECT_EQ(reply.status, GetParam().status) << reply.body;
  EXPECT_EQ(reply.header("connection"), "close");
  EXPECT_EQ(reply.header("content-type"), "application/vnd.api+json");
  EXPECT_FALSE(reply.codes().empty()) << reply.body;
  EXPECT_TRUE(connection.ended()) << "and there was an answer to what followed it";
}

INSTANTIATE_TEST_SUITE_P(Requests, SmugglingTest, testing::ValuesIn(kSuspects), [](const auto& suspect) {
  std::string name = suspect.param.name;
  for (auto& c : name) {
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  }
  return name;
});

}  // namespace
}  // namespace byline::test
