#pragma once

#include <array>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/intrusive/list_hook.hpp>
#include <chrono>
#include <expected>
#include <memory>
#include <memory_resource>
#include <optional>
#include <string>

#include "http/server/message.hpp"
#include "http/server/request_parser.hpp"
#include "http/server/server_options.hpp"

namespace boost::asio::ssl {
class context;
}

namespace byline::http {

using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Executor>;

/// One client's connection: its requests are read, answered and written one after the other, pipelined ones
/// in order. Lives on one I/O thread, to which all calls belong.
///
/// It has one deadline for what it does at the moment, which its thread looks at from time to time. That is
/// cheaper than a timer for each read and write, as beast::basic_stream has them, and it leaves the socket
/// open, so that a request that does not arrive in time can be answered with 408.
class Connection : public boost::intrusive::list_base_hook<> {
 public:
  using Clock = std::chrono::steady_clock;

  /// With a context the client speaks TLS.
  Connection(const ServerOptions& options, Handler& handler, Socket socket,
             const std::shared_ptr<boost::asio::ssl::context>& tls);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Ends when the connection has.
  Awaitable<void> run();

  /// Gives up what is past its deadline.
  void check_deadline(Clock::time_point now);
  /// Ends the connection after the answer at work; at once when there is none.
  void drain();
  /// Ends the connection whatever it does.
  void cut();

 private:
  enum class Phase : std::uint8_t { waiting, reading, handling, writing, lingering };
  struct Refusal {
    unsigned status;
    std::string_view code;
    std::string_view detail;
  };
  static const Refusal kMalformed;
  static const Refusal kBodyTooLarge;
  using Checked = std::expected<void, Refusal>;
  /// True: a request is there. False: nobody is, any more.
  using Received = std::expected<bool, Refusal>;

  void enter(Phase phase, Clock::duration limit);
  Awaitable<bool> shake_hands();
  Awaitable<void> serve();
  Awaitable<void> say_goodbye();
  std::string_view client_address() const;
  void begin_request();
  Awaitable<Received> receive();
  Awaitable<Received> receive_body();
  Awaitable<bool> read_some(std::size_t most);
  Checked parse();
  Checked parse_header();
  Checked parse_some();
  Checked check_header() const;
  bool admit();
  bool pass_over_body();
  Refusal refusal_for(boost::system::error_code error) const;
  Received interrupted() const;
  Awaitable<Response> answer();
  Response refuse(const Refusal& refusal);
  void identify();
  bool compose(Response& response, bool keep_alive);
  bool write_now();
  Awaitable<bool> write_rest();
  Awaitable<bool> write_stream(BodyStream& stream);
  Awaitable<void> linger();

  const ServerOptions& options_;
  Handler& handler_;
  Socket socket_;
  struct Tls;
  std::unique_ptr<Tls> tls_;
  std::string remote_address_;

  Phase phase_ = Phase::waiting;
  Clock::time_point deadline_ = Clock::time_point::max();
  bool expired_ = false;
  bool draining_ = false;

  boost::beast::flat_buffer input_;
  std::array<char, 2048> arena_storage_;  ///< holds the header of nearly every request
  std::pmr::monotonic_buffer_resource arena_;
  Request request_;
  std::string body_;
  std::string made_request_id_;
  std::optional<Response> refused_;  ///< the handler's answer, given before the body came
  std::optional<RequestParser> parser_;
  std::size_t header_bytes_ = 0;

  std::string head_;                 ///< of the response
  BodyStream* streaming_ = nullptr;  ///< its body, while that is on its way
  std::array<boost::asio::const_buffer, 2> output_;
};

}  // namespace byline::http
