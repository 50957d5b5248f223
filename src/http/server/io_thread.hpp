#pragma once

#include <atomic>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/intrusive/list.hpp>

#include "http/server/connection.hpp"
#include "http/server/mailbox.hpp"

namespace byline::http {

using Timer =
    boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                      boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;

/// One I/O thread: its event loop, its mailbox, the connections that live on it and the clock that watches
/// them. As nothing of it is shared, nothing of it is locked.
class IoThread {
 public:
  /// `open` counts the connections of all threads; whoever adds one here has counted it.
  IoThread(const ServerOptions& options, Handler& handler, std::atomic<std::size_t>& open);
  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  boost::asio::io_context& context() { return context_; }

  /// Runs the event loop on the calling thread; returns when all connections have ended after drain(), or
  /// were cut.
  void run();

  /// Serves a connection. From any thread.
  void add(Socket socket);
  /// Lets the requests at work finish, for `drain_timeout`, and takes no new ones. From any thread.
  void drain();

 private:
  class Membership;
  Awaitable<void> serve(Socket socket);
  void tick();
  void begin_drain();
  void finish();

  const ServerOptions& options_;
  Handler& handler_;
  std::atomic<std::size_t>& open_;
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
