#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/http/verb.hpp>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace byline::http {

// What passes between the transport (server.hpp) and whoever answers requests.
//
//   class Echo final : public Handler {
//     Awaitable<Response> handle(const Request& request) override {
//       Response response;
//       response.content_type = "text/plain";
//       response.body = request.body;
//       co_return response;
//     }
//     ...
//   };

/// The executor by its own type, so that no asynchronous operation pays for a type-erased one.
using Executor = boost::asio::io_context::executor_type;
template <class T>
using Awaitable = boost::asio::awaitable<T, Executor>;

struct HeaderField {
  boost::beast::http::field id;  ///< `unknown` for names that Beast does not list
  std::string_view name;         ///< as the client spelled it
  std::string_view value;        ///< without white space at its ends
};

/// A request, complete and within all limits. Everything in it is a view into its connection and stays where
/// it is until the response was given back.
struct Request {
  boost::beast::http::verb method = boost::beast::http::verb::unknown;
  std::string_view method_text{};  ///< as sent: a token (RFC 9110 §5.6.2), so it is safe to log
  std::string_view target{};       ///< as it came; its parts below
  std::string_view path{};         ///< still percent-encoded; see split_path
  std::string_view query{};        ///< what follows the `?`, still encoded; see parse_form
  std::vector<HeaderField> fields{};
  std::string_view body{};
  std::string_view remote_address{};           ///< behind proxies what the outermost trusted one says
  std::string_view client_certificate{};       ///< of the TLS connection, DER; empty where there is none
  bool is_client_certificate_trusted = false;  ///< an authority that was named for that has signed it
  std::string_view request_id{};  ///< the client's X-Request-Id where that is usable, else a new one
  bool head = false;              ///< HEAD: answer as to GET; the transport leaves the body out

  /// The value of the first field of that name; empty where there is none. Names are compared without case.
  std::string_view header(boost::beast::http::field id) const;
  std::string_view header(std::string_view name) const;
  /// How often a field is there. One that must be unique and is not should be refused, not guessed at.
  std::size_t count(boost::beast::http::field id) const;
  std::size_t count(std::string_view name) const;

  /// Sets target, path and query; also takes the absolute form that proxies send (RFC 9112 §3.2.2).
  void set_target(std::string_view text);
};

/// A body that comes bit by bit, and whose end nobody knows yet.
class BodyStream {
 public:
  virtual ~BodyStream() = default;
  /// The next bytes, which may be waited for; empty: that was all; nullopt: there is more, but it cannot be
  /// had, and the connection is ended so that nobody takes it for the whole. Asked again only when the client
  /// has taken the bytes before. Resumes on the thread it was called on, and must not throw. The request
  /// lives as long as the stream.
  virtual Awaitable<std::optional<std::string>> next() = 0;
  /// Bring it to its end: the server stops. On the same thread.
  virtual void stop() = 0;
};

/// An answer. Content-Length, Connection, X-Request-Id and `X-Content-Type-Options: nosniff` are the
/// transport's to write; `Cache-Control: no-store` is, too, unless `headers` have a Cache-Control.
struct Response {
  unsigned status = 200;
  std::string content_type{};
  std::string body{};
  std::vector<std::pair<std::string, std::string>> headers{};
  bool close = false;                    ///< end the connection after this answer
  std::unique_ptr<BodyStream> stream{};  ///< in the place of `body`
};

/// Whoever answers requests. Called on all I/O threads at once, and never to block one of them.
class Handler {
 public:
  virtual ~Handler() = default;

  /// Asked when a header is there whose body is still on its way: how many bytes of it to take, or the answer
  /// already, before anything is kept for a caller who gets nothing. Of `request` all but the body is there.
  virtual std::expected<std::uint64_t, Response> admit([[maybe_unused]] const Request& request) {
    return UINT64_MAX;
  }

  /// Resumes on the thread it was called on. `request` lives until the coroutine ends. What it throws is
  /// logged and answered by `refuse` with 500. When the server is stopped and the drain timeout is over, the
  /// coroutine is destroyed where it waits.
  virtual Awaitable<Response> handle(const Request& request) = 0;

  /// The answer to what the transport itself had to refuse: 400, 408, 413, 417, 431, 500, 501, 503 or 505.
  /// `code` is a stable word, `detail` a sentence.
  virtual Response refuse(unsigned status, std::string_view code, std::string_view detail,
                          std::string_view request_id) = 0;
};

/// Whether a client may name its request so: 1 to 64 of `A-Z a-z 0-9 . _ -`.
bool is_request_id(std::string_view text);
/// Sixteen random hexadecimal digits. They name a request in logs; nothing rests on their being unguessable.
std::string make_request_id();

}  // namespace byline::http
