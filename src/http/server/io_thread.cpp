#include "http/server/io_thread.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/core/demangle.hpp>

namespace byline::http {
namespace {

std::chrono::milliseconds tick_of(const ServerOptions& options) {
  auto shortest = std::min({options.idle_timeout, options.header_timeout, options.body_timeout,
                            options.write_timeout, options.drain_timeout});
  return std::clamp(shortest / 8, std::chrono::milliseconds(5), std::chrono::milliseconds(250));
}

void log_failure(const std::exception_ptr& failure) {
  if (!failure) return;
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    spdlog::error("a connection was given up: {} thrown", boost::core::demangle(typeid(error).name()));
  } catch (...) {
    spdlog::error("a connection was given up");
  }
}

}  // namespace

/// A connection's being on the list, from its beginning to its end, whichever way it ends.
class IoThread::Membership {
 public:
  Membership(IoThread& thread, Connection& connection) : thread_(thread), connection_(connection) {
    thread_.connections_.push_back(connection_);
  }
  ~Membership() {
    thread_.connections_.erase(thread_.connections_.iterator_to(connection_));
    if (thread_.draining_ && thread_.connections_.empty()) thread_.finish();
  }
  Membership(const Membership&) = delete;
  Membership& operator=(const Membership&) = delete;

 private:
  IoThread& thread_;
  Connection& connection_;
};

IoThread::IoThread(const ServerOptions& options, Handler& handler) : options_(options), handler_(handler) {}

void IoThread::run() {
  Mailbox::Scope scope(mailbox_);
  running_ = true;
  tick();
  while (!context_.stopped()) {
    try {
      context_.run();
    } catch (...) {
      log_failure(std::current_exception());
    }
  }
  running_ = false;
}

void IoThread::add(Socket socket, OpenConnection counted, std::shared_ptr<boost::asio::ssl::context> tls) {
  boost::asio::post(context_, [this, taken = std::move(socket), held = std::move(counted),
                               secured = std::move(tls)]() mutable {
    if (draining_) return;
    boost::asio::co_spawn(context_, serve(std::move(taken), std::move(held), std::move(secured)),
                          log_failure);
  });
}

/// `counted` is held until the coroutine ends.
Awaitable<void> IoThread::serve(Socket socket, [[maybe_unused]] OpenConnection counted,
                                std::shared_ptr<boost::asio::ssl::context> tls) {
  Connection connection(options_, handler_, std::move(socket), tls);
  Membership membership(*this, connection);
  co_await connection.run();
}

void IoThread::tick() {
  auto now = Connection::Clock::now();
  if (now >= drain_deadline_) {
    for (auto& connection : connections_) connection.cut();
    return finish();
  }
  for (auto& connection : connections_) connection.check_deadline(now);
  timer_.expires_at(now + tick_of(options_));
  timer_.async_wait([this](boost::system::error_code error) {
    if (!error) tick();
  });
}

void IoThread::drain() {
  boost::asio::post(context_, [this] { begin_drain(); });
}

void IoThread::begin_drain() {
  draining_ = true;
  drain_deadline_ = Connection::Clock::now() + options_.drain_timeout;
  for (auto& connection : connections_) connection.drain();
  if (connections_.empty()) finish();
}

/// What still waits in the context then, destroyed with it, belongs to connections that were cut.
void IoThread::finish() {
  if (running_) context_.stop();
}

}  // namespace byline::http
