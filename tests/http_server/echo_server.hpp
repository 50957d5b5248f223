#pragma once

#include <algorithm>
#include <array>
#include <atomic>
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
///   /stream  answers bit by bit: with `one`, `two` and `three`
///   /broken  answers with `one` and cannot go on
///   /endless goes on until it is told to stop, with pieces of 64 KiB, and then says `bye`
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
    if (request.path == "/stream") response.stream = std::make_unique<Pieces>(*this, false);
    if (request.path == "/broken") response.stream = std::make_unique<Broken>();
    if (request.path == "/endless") response.stream = std::make_unique<Pieces>(*this, true);
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

  /// How many streams there are, and how many pieces were asked of them.
  int streams() const { return streams_.load(); }
  int pieces() const { return pieces_.load(); }

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
  class Pieces final : public http::BodyStream {
   public:
    Pieces(Echo& echo, bool endless) : echo_(echo), endless_(endless) { ++echo_.streams_; }
    ~Pieces() override { --echo_.streams_; }
    http::Awaitable<std::optional<std::string>> next() override {
      constexpr std::array kPieces = {"one", "two", "three", ""};
      ++echo_.pieces_;
      if (!endless_) co_return std::string(kPieces[std::min(at_++, kPieces.size() - 1)]);
      if (!stopped_) co_return std::string(std::size_t{64} << 10, 'x');
      co_return std::string(at_++ == 0 ? "bye" : "");
    }
    void stop() override { stopped_ = true; }

   private:
    Echo& echo_;
    const bool endless_;
    bool stopped_ = false;
    std::size_t at_ = 0;
  };

  class Broken final : public http::BodyStream {
   public:
    http::Awaitable<std::optional<std::string>> next() override {
      if (std::exchange(begun_, true)) co_return std::nullopt;
      co_return "one";
    }
    void stop() override {}

   private:
    bool begun_ = false;
  };

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

  std::atomic<int> streams_ = 0;
  std::atomic<int> pieces_ = 0;
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
