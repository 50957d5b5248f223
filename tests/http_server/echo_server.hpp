#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <functional>
#include <latch>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>

#include "http/server/mailbox.hpp"
#include "http/server/server.hpp"
#include "support/raw_connection.hpp"

namespace byline::test {

/// Answers with what it understood: method, target, and body; `X-Fields` has the names of the header's
/// fields. Some paths do something else:
///   /wait    waits for release(), as a command waits for the writer
///   /throw   fails
///   /split   tries to answer with a header that has a line break in it
///   /large   answers with 32 MiB
class Echo final : public http::Handler {
 public:
  http::Awaitable<http::Response> handle(const http::Request& request) override {
    if (request.path == "/throw") throw std::runtime_error("secret of the handler");
    if (request.path == "/wait") co_await wait();
    http::Response response;
    response.content_type = "text/plain";
    response.body = std::string(request.method_text) + " " + std::string(request.target) + " " +
                    std::string(request.body);
    std::string names;
    for (const auto& field : request.fields) names += std::string(field.name) + ",";
    response.headers.emplace_back("X-Fields", names);
    if (request.path == "/split") response.headers.emplace_back("X-Split", "a\r\nSet-Cookie: b=c");
    if (request.path == "/large") response.body = std::string(32 << 20, 'x');
    co_return response;
  }

  http::Response refuse(unsigned status, std::string_view code, std::string_view detail,
                        std::string_view) override {
    http::Response response;
    response.status = status;
    response.content_type = "text/plain";
    response.body = std::string(code) + ": " + std::string(detail);
    return response;
  }

  /// Returns when a request has come to wait.
  void expect_waiting() { waiting_.wait(); }
  void release() {
    std::lock_guard guard(mutex_);
    resume_();
    resume_ = nullptr;
  }
  /// Lets go of the request that waits, as the server asks for before it is destroyed.
  void forget() {
    std::lock_guard guard(mutex_);
    resume_ = nullptr;
  }

 private:
  http::Awaitable<void> wait() {
    auto& mailbox = http::Mailbox::of_this_thread();
    auto initiate = [this, &mailbox](auto handler) {
      std::lock_guard guard(mutex_);
      resume_ = [&mailbox, resume = std::move(handler)]() mutable {
        mailbox.push([resume = std::move(resume)]() mutable { std::move(resume)(); });
      };
      waiting_.count_down();
    };
    boost::asio::use_awaitable_t<http::Executor> token;
    co_await boost::asio::async_initiate<decltype(token), void()>(initiate, token);
  }

  std::latch waiting_{1};
  std::mutex mutex_;
  std::move_only_function<void()> resume_;
};

/// The transport alone, in this process, before a handler that does next to nothing.
class EchoServer {
 public:
  explicit EchoServer(http::ServerOptions options = {}) : server_(with_two_threads(options), echo_) {
    if (auto listening = server_.listen(); !listening) throw std::runtime_error(listening.error());
    runner_.emplace([this] { server_.run(); });
  }
  ~EchoServer() {
    stop();
    echo_.forget();
  }
  EchoServer(const EchoServer&) = delete;
  EchoServer& operator=(const EchoServer&) = delete;

  /// Stops and waits for the end.
  void stop() {
    server_.stop();
    join();
  }
  void join() {
    if (runner_ && runner_->joinable()) runner_->join();
  }

  std::uint16_t port() const { return server_.port(); }
  http::Server& server() { return server_; }
  Echo& echo() { return echo_; }

 private:
  static http::ServerOptions with_two_threads(http::ServerOptions options) {
    options.io_threads = 2;
    return options;
  }
  Echo echo_;
  http::Server server_;
  std::optional<std::jthread> runner_;
};

}  // namespace byline::test
