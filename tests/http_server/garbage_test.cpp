// Nothing that can be sent ends the service.

#include <gtest/gtest.h>

#include <array>
#include <random>

#include "support/live_service.hpp"

namespace byline::test {
namespace {

constexpr std::uint32_t kSeed = 20240229;
constexpr int kRounds = 400;

class GarbageTest : public testing::Test {
 protected:
  GarbageTest() { RecordProperty("seed", std::to_string(kSeed)); }

  std::size_t below(std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random_);
  }
  std::string noise(std::size_t size) {
    std::string bytes(size, '\0');
    for (auto& byte : bytes) byte = static_cast<char>(below(256));
    return bytes;
  }

  /// Whatever comes back is HTTP, and no fault of ours; and the service is there afterwards.
  void try_out(const std::string& bytes) {
    RawConnection connection(service_.port());
    connection.send(bytes);
    connection.finish_sending();
    while (true) {
      auto reply = connection.receive();
      if (reply.status == 0) break;
      ASSERT_TRUE(reply.status < 500 || reply.status == 501 || reply.status == 505)
          << "seed " << kSeed << ": " << reply.status << ' ' << reply.body << " to "
          << nlohmann::json(bytes).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
    }
    ASSERT_EQ(connection.receive_all(), "") << "seed " << kSeed;
  }
  void expect_alive() {
    EXPECT_EQ(exchange(service_.port(), get_request("/health/ready")).status, 200) << "seed " << kSeed;
  }

  Service& service_ = live_service();
  std::mt19937 random_{kSeed};
};

TEST_F(GarbageTest, NoiseIsSurvived) {
  for (int i = 0; i < kRounds; ++i) try_out(noise(below(2000)));
  expect_alive();
}

TEST_F(GarbageTest, NoiseAfterARequestIsSurvived) {
  for (int i = 0; i < kRounds; ++i) try_out(get_request("/health/live") + noise(below(200)));
  expect_alive();
}

TEST_F(GarbageTest, RequestsWithChangedBytesAreSurvived) {
  auto body =
      document("reports",
               {{"title", "Zoë \U0001F9ED"}, {"score", 1.5e300}, {"list", {1, {2, {{"a", nullptr}}}}}})
          .dump();
  auto fields = "Host: byline\r\nAuthorization: Bearer " + service_.founder().admin_token +
                "\r\nContent-Type: application/vnd.api+json\r\n";
  const std::array requests = {
      "POST /intake/reports HTTP/1.1\r\n" + fields + "Content-Length: " + std::to_string(body.size()) +
          "\r\n\r\n" + body,
      "POST /intake/reports HTTP/1.1\r\n" + fields +
          "Transfer-Encoding: chunked\r\n\r\n4\r\n{\"da\r\n3;x=y\r\nta\"\r\n0\r\nX: y\r\n\r\n",
      "GET /admin/audit-events?page[size]=3&filter[type][contains]=Role&sort=-at&fields[audit-events]=at "
      "HTTP/1.1\r\n" +
          fields + "\r\n",
      "GET /intake/reports?page[after]=MjpzYTEyMw&include=created_by_account HTTP/1.1\r\n" + fields + "\r\n",
      std::string(
          "POST /oauth2/token HTTP/1.1\r\nHost: byline\r\nAuthorization: Basic YTpi\r\nContent-Type: "
          "application/x-www-form-urlencoded\r\nContent-Length: 29\r\n\r\ngrant_type=client_credentials"),
  };
  for (int i = 0; i < kRounds; ++i) {
    auto bytes = requests[below(requests.size())];
    for (auto changes = 1 + below(4); changes > 0; --changes) {
      auto at = below(bytes.size());
      switch (below(4)) {
        case 0:
          bytes[at] = static_cast<char>(below(256));
          break;
        case 1:
          bytes.erase(at, 1 + below(8));
          break;
        case 2:
          bytes.insert(at, noise(1 + below(4)));
          break;
        default:
          bytes.insert(at, bytes.substr(below(bytes.size()), below(64)));
      }
    }
    try_out(bytes);
  }
  expect_alive();
}

TEST_F(GarbageTest, ConnectionsCutAnywhereAreSurvived) {
  auto request = "POST /intake/reports HTTP/1.1\r\nHost: byline\r\nAuthorization: Bearer " +
                 service_.founder().admin_token +
                 "\r\nContent-Type: application/vnd.api+json\r\nTransfer-Encoding: chunked\r\n\r\n"
                 "2A\r\n{\"data\":{\"type\":\"reports\",\"attributes\":{}}}\r\n0\r\n\r\n";
  for (std::size_t size = 0; size <= request.size(); ++size) {
    RawConnection connection(service_.port());
    connection.send(request.substr(0, size));
  }
  expect_alive();
}

}  // namespace
}  // namespace byline::test
