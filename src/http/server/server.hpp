#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>

#include "http/server/message.hpp"
#include "http/server/server_options.hpp"

namespace byline::http {

/// An HTTP/1.1 server. It reads requests, keeps the limits, and leaves every answer to its handler; it knows
/// nothing of what is served.
///
/// Each I/O thread has its own event loop and its own connections, dealt out in turn, so requests share
/// nothing before they get to the handler. On these threads Mailbox::of_this_thread() brings work back from
/// others.
///
///   Server server({.port = 8080}, api);
///   if (auto listening = server.listen(); !listening) return fail(listening.error());
///   server.run();             // until stop() is called on another thread
///   engine.stop();            // before the server is destroyed: see below
///
/// The handler and whoever pushes into the mailboxes: the former outlives the server; the latter must have
/// stopped, and let go of every completion it held, before the server is destroyed.
class Server {
 public:
  using Options = ServerOptions;

  Server(Options options, Handler& handler);
  /// Only while nobody is in run().
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Binds; from here on clients can connect, and wait for run(). The error is a sentence with address and
  /// port.
  std::expected<void, std::string> listen();
  /// The port listened on.
  std::uint16_t port() const;

  /// Serves until stop(), and once only. On return all threads have ended and all sockets are closed.
  void run();

  /// Stops accepting, closes idle connections, and lets the requests at work finish for `drain_timeout`, with
  /// `Connection: close`. Returns at once. From any thread, at any time, any number of times; from a signal
  /// handler only by way of something like boost::asio::signal_set, as it takes locks.
  void stop();

  /// Connections that are open now. Thread-safe.
  std::size_t connections() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace byline::http
