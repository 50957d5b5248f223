#pragma once

#include <atomic>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/intrusive/list.hpp>
#include <utility>

#include "http/server/connection.hpp"
#include "http/server/mailbox.hpp"

namespace byline::http {

using Timer =
    boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                      boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;

/// Counts one open connection for as long as it lives.
class OpenConnection {
 public:
  explicit OpenConnection(std::atomic<std::size_t>& count) : count_(&count) {
    count.fetch_add(1, std::memory_order_relaxed);
  }
  OpenConnection(OpenConnection&& other) noexcept : count_(std::exchange(other.count_, nullptr)) {}
  OpenConnection& operator=(OpenConnection&&) = delete;
  ~OpenConnection() {
    if (count_) count_->fetch_sub(1, std::memory_order_relaxed);
  }

 private:
  std::atomic<std::size_t>* count_;
};

/// One I/O thread: its event loop, its mailbox, the connections that live on it and the clock that watches
/// them. As nothing of it is shared, nothing of it is locked.
class IoThread {
 public:
  IoThread(const ServerOptions& options, Handler& handler);
  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  boost::asio::io_context& context() { return context_; }

  /// Runs the event loop on the calling thread; returns when all connections have ended after drain(), or
  /// were cut.
  void run();

  /// Serves a connection, by TLS where there is a context. From any thread.
  void add(Socket socket, OpenConnection counted, std::shared_ptr<boost::asio::ssl::context> tls);
  /// Lets the requests at work finish, for `drain_timeout`, and takes no new ones. From any thread.
  void drain();

 private:
  class Membership;
  Awaitable<void> serve(Socket socket, OpenConnection counted,
                        std::shared_ptr<boost::asio::ssl::context> tls);
  void tick();
  void begin_drain();
  void finish();

  const ServerOptions& options_;
  Handler& handler_;
  bool running_ = false;
  bool draining_ = false;
  Connection::Clock::time_point drain_deadline_ = Connection::Clock::time_point::max();

  // The order of these matters when they are destroyed: what the mailbox still holds may hold a connection's
  // coroutine, which Asio unwinds through the context; and the context's end ends the connections, which
  // leave the list.
  boost::intrusive::list<Connection, boost::intrusive::constant_time_size<false>> connections_;
  boost::asio::io_context context_{1};
  Mailbox mailbox_{context_};
  Timer timer_{context_};
  boost::asio::executor_work_guard<Executor> work_{context_.get_executor()};
};

}  // namespace byline::http
