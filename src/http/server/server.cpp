#include "http/server/server.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <thread>
#include <vector>

#include "http/server/ascii.hpp"
#include "http/server/io_thread.hpp"
#include "http/server/response_head.hpp"
#include "http/server/tls.hpp"

namespace byline::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

/// How long accepting rests when there is no descriptor or no memory left.
constexpr std::chrono::milliseconds kBackOff{50};
/// Connections taken in one turn of the event loop, which is as long as what is to be answered in it takes.
constexpr int kAcceptedAtOnce = 128;

ServerOptions completed(ServerOptions options) {
  if (options.io_threads == 0) options.io_threads = std::max(1U, std::thread::hardware_concurrency());
  return options;
}

/// Answers a connection over the limit as far as that goes without waiting for anything.
void turn_away(Socket socket, Handler& handler) {
  auto id = make_request_id();
  auto response =
      handler.refuse(503, "too_many_connections", "Too many connections are open; try again soon.", id);
  bool has_retry = std::ranges::any_of(
      response.headers, [](const auto& header) { return iequals(header.first, "Retry-After"); });
  if (!has_retry) response.headers.emplace_back("Retry-After", "1");
  std::string text;
  if (!append_head(text, response, {.keep_alive = false, .request_id = id})) return;
  text += response.body;
  error_code error;
  socket.non_blocking(true, error);
  socket.write_some(asio::buffer(text), error);
  socket.shutdown(Socket::shutdown_send, error);
  // Whatever of the request is here already; left unread, it would make the close a reset.
  std::array<char, 4096> unread;
  for (int i = 0; i < 16 && socket.read_some(asio::buffer(unread), error) == unread.size(); ++i) {
  }
}

}  // namespace

class Server::Impl {
 public:
  Impl(Options options, Handler& handler) : options_(completed(std::move(options))), handler_(handler) {
    for (unsigned i = 0; i < options_.io_threads; ++i) {
      threads_.push_back(std::make_unique<IoThread>(options_, handler_));
    }
    acceptor_.emplace(threads_.front()->context());
  }
  /// The first thread goes first: a connection being accepted there is already bound to the context of
  /// another.
  ~Impl() {
    acceptor_.reset();
    for (auto& thread : threads_) thread.reset();
  }

  std::expected<void, std::string> listen();
  std::uint16_t port() const { return port_; }
  void run();
  void stop();
  std::size_t connections() const { return open_.load(std::memory_order_relaxed); }

 private:
  using Acceptor = asio::basic_socket_acceptor<tcp, Executor>;
  Awaitable<void> accept();
  bool accept_waiting();
  void take(IoThread& thread, Socket socket);

  const Options options_;
  Handler& handler_;
  std::atomic<std::size_t> open_ = 0;
  std::vector<std::unique_ptr<IoThread>> threads_;
  std::optional<Acceptor> acceptor_;  ///< the first thread's
  std::unique_ptr<TlsContexts> tls_;  ///< likewise
  std::uint16_t port_ = 0;
  std::size_t next_ = 0;  ///< whose the next connection is
  std::atomic<bool> stopping_ = false;
};

std::expected<void, std::string> Server::Impl::listen() {
  error_code error;
  auto address = asio::ip::make_address(options_.address, error);
  if (error) return std::unexpected("Cannot listen on " + options_.address + ": it is not an IP address.");
  if (options_.tls) {
    auto contexts = TlsContexts::open(*options_.tls);
    if (!contexts) return std::unexpected(std::move(contexts.error()));
    tls_ = std::move(*contexts);
  }
  tcp::endpoint endpoint(address, options_.port);
  acceptor_->open(endpoint.protocol(), error);
  if (!error) acceptor_->set_option(Acceptor::reuse_address(true), error);
  if (!error && address.is_v6()) acceptor_->set_option(asio::ip::v6_only(!address.is_unspecified()), error);
  if (!error) acceptor_->bind(endpoint, error);
  if (!error) acceptor_->listen(Acceptor::max_listen_connections, error);
  if (!error) acceptor_->non_blocking(true, error);
  // Else a connection that was given up while it waited would be waited for.
  if (!error) acceptor_->set_option(asio::socket_base::enable_connection_aborted(true), error);
  if (!error) {
    port_ = acceptor_->local_endpoint().port();
    return {};
  }
  auto place = address.is_v6() ? "[" + options_.address + "]" : options_.address;
  error_code ignored;
  acceptor_->close(ignored);
  return std::unexpected("Cannot listen on " + place + ":" + std::to_string(options_.port) + ": " +
                         error.message() + ".");
}

void Server::Impl::take(IoThread& thread, Socket socket) {
  if (open_.load(std::memory_order_relaxed) >= options_.max_connections) {
    // Who waits for a handshake could not read the answer.
    if (!tls_) turn_away(std::move(socket), handler_);
    return;
  }
  thread.add(std::move(socket), OpenConnection(open_), tls_ ? tls_->current() : nullptr);
}

/// All that wait are taken: if it were one in a turn, the last of many would wait for as many turns.
Awaitable<void> Server::Impl::accept() {
  constexpr auto kAwait = asio::as_tuple(asio::use_awaitable_t<Executor>());
  Timer timer(threads_.front()->context());
  while (acceptor_->is_open()) {
    auto [error] = co_await acceptor_->async_wait(Acceptor::wait_read, kAwait);
    if (error == asio::error::operation_aborted || (!error && accept_waiting())) continue;
    timer.expires_after(kBackOff);
    co_await timer.async_wait(kAwait);
  }
}

/// False: there is no descriptor or no memory for another, which stays waiting. Trying again at once would
/// only spin.
bool Server::Impl::accept_waiting() {
  for (int i = 0; i < kAcceptedAtOnce; ++i) {
    auto& thread = *threads_[next_];
    error_code error;
    auto socket = acceptor_->accept(thread.context(), error);
    if (error == asio::error::would_block) return true;
    if (error == asio::error::connection_aborted) continue;
    if (error) {
      spdlog::warn("a connection could not be accepted: {}", error.message());
      return false;
    }
    next_ = (next_ + 1) % threads_.size();
    try {
      take(thread, std::move(socket));
    } catch (const std::exception& failure) {  // no memory: this one is closed, the next may fare better
      spdlog::warn("a connection could not be taken: {}", failure.what());
    }
  }
  return true;
}

void Server::Impl::run() {
  if (acceptor_->is_open()) asio::co_spawn(threads_.front()->context(), accept(), asio::detached);
  std::vector<std::jthread> others;
  for (std::size_t i = 1; i < threads_.size(); ++i) {
    others.emplace_back([thread = threads_[i].get()] { thread->run(); });
  }
  threads_.front()->run();
}

void Server::Impl::stop() {
  if (stopping_.exchange(true)) return;
  // All from the thread that accepts, so that no connection is handed to a thread after the news.
  asio::post(threads_.front()->context(), [this] {
    error_code ignored;
    acceptor_->close(ignored);
    for (auto& thread : threads_) thread->drain();
  });
}

Server::Server(Options options, Handler& handler)
    : impl_(std::make_unique<Impl>(std::move(options), handler)) {}
Server::~Server() = default;
std::expected<void, std::string> Server::listen() { return impl_->listen(); }
std::uint16_t Server::port() const { return impl_->port(); }
void Server::run() { impl_->run(); }
void Server::stop() { impl_->stop(); }
std::size_t Server::connections() const { return impl_->connections(); }

}  // namespace byline::http
