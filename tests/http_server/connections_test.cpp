// The number of connections has a bound; past it a client is told when to come again.

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

#include "http/server/server.hpp"
#include "support/raw_connection.hpp"
#include "support/service.hpp"

namespace byline::test {
namespace {

/// Knows how many connections there were when the first request was handled, and which thread handled how
/// many.
class Observer final : public http::Handler {
 public:
  http::Awaitable<http::Response> handle(const http::Request&) override {
    std::lock_guard guard(mutex_);
    if (handled.empty()) connections = server->connections();
    ++handled[std::this_thread::get_id()];
    co_return http::Response();
  }
  http::Response refuse(unsigned status, std::string_view, std::string_view, std::string_view) override {
    http::Response response;
    response.status = status;
    return response;
  }

  const http::Server* server = nullptr;
  std::size_t connections = 0;
  std::map<std::thread::id, int> handled;

 private:
  std::mutex mutex_;
};

/// A server that listens; the connections of before it runs wait.
class ObservedServer {
 public:
  explicit ObservedServer(unsigned io_threads) : server_(options_with(io_threads), observer_) {
    observer_.server = &server_;
    if (auto listening = server_.listen(); !listening) throw std::runtime_error(listening.error());
  }
  std::uint16_t port() const { return server_.port(); }
  void run() {
    runner_ = std::jthread([this] { server_.run(); });
  }
  /// What it has seen, after its end.
  const Observer& stop() {
    server_.stop();
    runner_.join();
    return observer_;
  }

 private:
  static http::ServerOptions options_with(unsigned io_threads) {
    http::ServerOptions options;
    options.io_threads = io_threads;
    return options;
  }
  Observer observer_;
  http::Server server_;
  std::jthread runner_;
};

TEST(ConnectionsTest, ThoseThatWaitAreTakenTogetherHoweverManyRequestsThereAre) {
  ObservedServer server(1);
  std::vector<std::unique_ptr<RawConnection>> waiting;
  for (int i = 0; i < 40; ++i) {
    waiting.push_back(std::make_unique<RawConnection>(server.port()));
    waiting.back()->send(get_request("/"));
  }
  server.run();
  for (auto& connection : waiting) EXPECT_EQ(connection->receive().status, 200);
  EXPECT_EQ(server.stop().connections, waiting.size());
}

TEST(ConnectionsTest, EachThreadHasAsManyAlsoWhereTheyComeOneByOne) {
  ObservedServer server(2);
  server.run();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(exchange(server.port(), get_request("/")).status, 200);
  const auto& observer = server.stop();
  ASSERT_EQ(observer.handled.size(), 2U);
  for (const auto& [thread, count] : observer.handled) EXPECT_EQ(count, 5);
}

TEST(ConnectionsTest, OneTooManyIsToldToComeAgain) {
  Service service({"--max-connections", "3"});
  std::vector<std::unique_ptr<RawConnection>> held;
  for (int i = 0; i < 3; ++i) {
    held.push_back(std::make_unique<RawConnection>(service.port()));
    held.back()->send(get_request("/health/live"));
    ASSERT_EQ(held.back()->receive().status, 200);
  }
  RawConnection fourth(service.port());
  auto reply = fourth.receive();
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(reply.codes(), "too_many_connections");
  EXPECT_EQ(reply.header("retry-after"), "1");
  EXPECT_EQ(reply.header("connection"), "close");
  EXPECT_TRUE(fourth.ended());

  for (auto& connection : held) {
    connection->send(get_request("/health/live"));
    EXPECT_EQ(connection->receive().status, 200) << "those that are there are served on";
  }
  held.pop_back();
  while (exchange(service.port(), get_request("/health/live")).status != 200) std::this_thread::yield();
}

/// A request that nobody may make, which is known before its body is read.
std::string refused_request(const std::string& headers, const std::string& body) {
  return "POST /admin/roles HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n\r\n" + body;
}

TEST(ConnectionsTest, GoOnAfterARefusalThatComesBeforeTheBodyIsReadIfItIsThere) {
  Service service;
  RawConnection connection(service.port());
  auto body = get_request("/health/ready");
  auto length = "Content-Length: " + std::to_string(body.size());
  connection.send(refused_request(length, body) + refused_request(length + "\r\nExpect: 100-continue", body) +
                  get_request("/health/live", "Connection: close\r\n"));
  for (int i = 0; i < 2; ++i) {
    auto reply = connection.receive();
    EXPECT_EQ(reply.status, 401);
    EXPECT_NE(reply.header("connection"), "close");
  }
  EXPECT_EQ(connection.receive().status, 200) << "the body is not taken for a request";
  EXPECT_TRUE(connection.ended());
}

TEST(ConnectionsTest, EndWithARefusalWhoseBodyMayNeverCome) {
  Service service;
  for (const auto& request : {refused_request("Content-Length: 3", "{}"),
                              refused_request("Content-Length: 3\r\nExpect: 100-continue", ""),
                              refused_request("Transfer-Encoding: chunked", "2\r\n{}\r\n0\r\n\r\n"),
                              refused_request("Content-Length: 2\r\nConnection: close", "{}")}) {
    RawConnection connection(service.port());
    connection.send(request);
    auto reply = connection.receive();
    EXPECT_EQ(reply.status, 401) << request;
    EXPECT_EQ(reply.header("connection"), "close") << request;
    EXPECT_TRUE(connection.ended()) << request;
  }
}

TEST(ConnectionsTest, LimitsOfBodiesAreTheOperatorsToSet) {
  Service service({"--max-body-bytes", "2000"});
  auto admin = service.admin();
  auto reply = admin->post("/intake/reports", document("reports", {{"text", std::string(2000, 'x')}}));
  EXPECT_EQ(reply.status, 413);
  EXPECT_EQ(reply.codes(), "body_too_large");
  EXPECT_EQ(admin->post("/intake/reports", document("reports", {{"text", std::string(1000, 'x')}})).status,
            201);
  auto long_header = admin->get("/intake/reports", {{"X-Long", std::string(20'000, 'x')}});
  EXPECT_EQ(long_header.status, 431);
  EXPECT_EQ(long_header.codes(), "header_too_large");
}

}  // namespace
}  // namespace byline::test
