#include "http/server/connection.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/core/demangle.hpp>
#include <charconv>
#include <stdexcept>

#include "http/server/ascii.hpp"
#include "http/server/response_head.hpp"

namespace byline::http {
namespace {

namespace asio = boost::asio;
using boost::beast::http::field;
using boost::system::error_code;
using HttpError = boost::beast::http::error;

constexpr asio::use_awaitable_t<Executor> kAwait;
constexpr std::size_t kHeaderRead = 4 * 1024;
constexpr std::size_t kBodyRead = 64 * 1024;
constexpr std::size_t kKeptCapacity = 64 * 1024;  ///< of a buffer, from one request to the next
constexpr std::chrono::seconds kLinger{2};
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

/// `HTTP/` digit `.` digit at the end of the first line, and not one of ours: it is only the version that is
/// foreign.
bool names_another_version(std::string_view input) {
  auto line = input.substr(0, input.find("\r\n"));
  auto version = line.substr(std::min(line.size(), line.rfind(' ') + 1));
  auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return version.size() == 8 && version.starts_with("HTTP/") && is_digit(version[5]) && version[6] == '.' &&
         is_digit(version[7]) && version != "HTTP/1.1" && version != "HTTP/1.0";
}

/// A field's value that goes on in the next line (obs-fold, RFC 9112 §5.2). Beast joins the lines and others
/// do not, so that `Transfer-Encoding:` with its value in the next line is a coding for some only.
bool has_folded_line(std::string_view header) {
  return header.find("\r\n ") != std::string_view::npos || header.find("\r\n\t") != std::string_view::npos;
}

}  // namespace

const Connection::Refusal Connection::kMalformed{400, "malformed_request",
                                                 "The request is not well-formed HTTP/1.1."};

const Connection::Refusal Connection::kBodyTooLarge{413, "body_too_large",
                                                    "The request's body is too large."};

struct Connection::Tls {
  Tls(Socket& socket, asio::ssl::context& context) : stream(socket, context) {}
  asio::ssl::stream<Socket&> stream;
  std::string client_certificate;  ///< DER
  bool is_trusted = false;
  bool is_open = false;  ///< the handshake is done, and the client has not said goodbye
};

Connection::Connection(const ServerOptions& options, Handler& handler, Socket socket,
                       const std::shared_ptr<asio::ssl::context>& tls)
    : options_(options),
      handler_(handler),
      socket_(std::move(socket)),
      input_(options.header_limit + kBodyRead),
      arena_(arena_storage_.data(), arena_storage_.size()) {
  error_code ignored;
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket_.non_blocking(true, ignored);  // for write_now
  auto peer = socket_.remote_endpoint(ignored);
  remote_address_ = peer.address().to_string();
  if (tls) tls_ = std::make_unique<Tls>(socket_, *tls);
}

Connection::~Connection() = default;

Awaitable<void> Connection::run() {
  bool is_ready = true;
  if (tls_) is_ready = co_await shake_hands();
  if (!is_ready) co_return;
  co_await serve();
  if (tls_ && tls_->is_open) co_await say_goodbye();
}

Awaitable<bool> Connection::shake_hands() {
  enter(Phase::reading, options_.header_timeout);
  error_code error;
  co_await tls_->stream.async_handshake(asio::ssl::stream_base::server, asio::redirect_error(kAwait, error));
  if (error) co_return false;
  tls_->is_open = true;
  auto* raw = tls_->stream.native_handle();
  std::unique_ptr<X509, decltype(&X509_free)> certificate(SSL_get1_peer_certificate(raw), X509_free);
  if (!certificate) co_return true;
  auto size = i2d_X509(certificate.get(), nullptr);
  if (size <= 0) co_return false;
  tls_->client_certificate.resize(static_cast<std::size_t>(size));
  auto* out = reinterpret_cast<unsigned char*>(tls_->client_certificate.data());
  i2d_X509(certificate.get(), &out);
  tls_->is_trusted = !options_.tls->client_ca.empty() && SSL_get_verify_result(raw) == X509_V_OK;
  co_return true;
}

/// Says that nothing follows, or what was sent could have been cut by somebody else.
Awaitable<void> Connection::say_goodbye() {
  enter(Phase::lingering, kLinger);
  error_code ignored;
  co_await tls_->stream.async_shutdown(asio::redirect_error(kAwait, ignored));
}

Awaitable<void> Connection::serve() {
  for (bool keep_alive = true; keep_alive;) {
    auto received = co_await receive();
    if (received && !*received) co_return;
    Response response;
    bool is_read = received && (!refused_ || pass_over_body());
    if (refused_) {
      response = std::move(*refused_);
    } else if (received) {
      response = co_await answer();
    } else {
      response = refuse(received.error());
    }
    keep_alive = compose(response, is_read && parser_->keep_alive());
    if (!write_now() && !co_await write_rest()) co_return;
    if (response.stream && !request_.head && !co_await write_stream(*response.stream)) co_return;
    // Closing a socket with something unread in it resets the connection, and the client may lose the answer.
    if (!keep_alive && (!is_read || input_.size() > 0)) co_await linger();
  }
}

void Connection::enter(Phase phase, Clock::duration limit) {
  phase_ = phase;
  expired_ = false;
  deadline_ = Clock::now() + limit;
}

void Connection::check_deadline(Clock::time_point now) {
  if (now < deadline_) return;
  expired_ = true;
  error_code ignored;
  socket_.cancel(ignored);
}

void Connection::drain() {
  draining_ = true;
  if (streaming_) streaming_->stop();
  error_code error;
  // A request may have arrived that this thread has not come to yet: it is served.
  if (phase_ == Phase::waiting && socket_.available(error) == 0) socket_.cancel(error);
}

void Connection::cut() {
  error_code ignored;
  socket_.close(ignored);
}

void Connection::begin_request() {
  request_.fields.clear();
  request_.body = request_.request_id = {};
  request_.head = false;
  request_.remote_address = remote_address_;
  if (tls_) {
    request_.client_certificate = tls_->client_certificate;
    request_.is_client_certificate_trusted = tls_->is_trusted;
  }
  refused_.reset();
  body_.clear();
  if (body_.capacity() > kKeptCapacity) body_.shrink_to_fit();
  if (input_.size() == 0 && input_.capacity() > kKeptCapacity) input_.shrink_to_fit();
  arena_.release();
  parser_.emplace(request_, body_, arena_);
  parser_->header_limit(static_cast<std::uint32_t>(options_.header_limit));
  parser_->body_limit(options_.body_limit);
  header_bytes_ = 0;
}

Awaitable<Connection::Received> Connection::receive() {
  begin_request();
  if (input_.size() == 0) {
    error_code error;
    if (draining_ && socket_.available(error) == 0) co_return false;
    enter(Phase::waiting, options_.idle_timeout);
    if (!co_await read_some(kHeaderRead)) co_return false;
  }
  phase_ = Phase::reading;
  auto checked = parse_header();
  if (checked && !parser_->is_header_done()) {
    // Once for the whole header: a client that trickles bytes gains no time by it.
    enter(Phase::reading, options_.header_timeout);
    do {
      if (!co_await read_some(kHeaderRead)) co_return interrupted();
      checked = parse_header();
    } while (checked && !parser_->is_header_done());
  }
  identify();
  if (checked) checked = check_header();
  if (!checked) co_return std::unexpected(checked.error());
  if (parser_->is_done() || !admit()) co_return true;
  co_return co_await receive_body();
}

/// False: there is an answer already.
bool Connection::admit() {
  auto admitted = handler_.admit(request_);
  if (!admitted) {
    refused_ = std::move(admitted.error());
    return false;
  }
  auto limit = std::min(*admitted, static_cast<std::uint64_t>(options_.body_limit));
  parser_->body_limit(limit);  // counts for chunks that are to come; a given length was compared before
  if (auto length = parser_->content_length(); length && *length > limit) {
    refused_ = refuse(kBodyTooLarge);
    return false;
  }
  return true;
}

/// Of a request that is refused before its body is read. Where all of it is there, the next request comes
/// after it; where it is not, nobody knows whether it ever comes.
bool Connection::pass_over_body() {
  auto length = parser_->content_length();
  if (!length || *length > input_.size()) return false;
  input_.consume(static_cast<std::size_t>(*length));
  return true;
}

Awaitable<Connection::Received> Connection::receive_body() {
  enter(Phase::reading, options_.body_timeout);
  if (input_.size() == 0 && !request_.header(field::expect).empty() && !parser_->is_http_1_0()) {
    error_code error;
    if (tls_) {
      co_await asio::async_write(tls_->stream, asio::buffer(kContinue), asio::redirect_error(kAwait, error));
    } else {
      co_await asio::async_write(socket_, asio::buffer(kContinue), asio::redirect_error(kAwait, error));
    }
    if (error) co_return interrupted();
  }
  parser_->eager(true);
  auto checked = parse();
  while (checked && !parser_->is_done()) {
    if (!co_await read_some(kBodyRead)) co_return interrupted();
    checked = parse();
  }
  if (!checked) co_return std::unexpected(checked.error());
  co_return true;
}

Awaitable<bool> Connection::read_some(std::size_t most) {
  if (expired_) co_return false;
  error_code error;
  std::size_t size = 0;
  if (tls_) {
    size = co_await tls_->stream.async_read_some(input_.prepare(most), asio::redirect_error(kAwait, error));
    if (error) tls_->is_open = error == asio::error::operation_aborted;
  } else {
    size = co_await socket_.async_read_some(input_.prepare(most), asio::redirect_error(kAwait, error));
  }
  input_.commit(size);
  co_return !error;
}

/// Out of time, which is worth an answer, or left alone in the middle of a request, which is not.
Connection::Received Connection::interrupted() const {
  if (!expired_) return false;
  return std::unexpected(Refusal{408, "request_timeout", "The request did not arrive in time."});
}

/// Beast 1.81 measures its header limit anew with each call, so fields that come one by one would pass any
/// limit: what was consumed is counted here.
Connection::Checked Connection::parse_header() {
  constexpr Refusal kTooLarge{431, "header_too_large", "The request's header is too large."};
  auto before = input_.size();
  auto parsed = parse_some();
  header_bytes_ += before - input_.size();
  auto waiting = parser_->is_header_done() ? 0 : input_.size();
  if (parsed && header_bytes_ + waiting > options_.header_limit) return std::unexpected(kTooLarge);
  return parsed;
}

/// Of the body. What stays behind in the input is the beginning of a chunk's line or of the trailers.
Connection::Checked Connection::parse() {
  constexpr Refusal kTooLarge{431, "header_too_large",
                              "The line of a chunk or what follows the last is too large."};
  auto parsed = parse_some();
  if (parsed && !parser_->is_done() && input_.size() > options_.header_limit)
    return std::unexpected(kTooLarge);
  return parsed;
}

Connection::Checked Connection::parse_some() {
  auto text = [this] {
    return std::string_view(static_cast<const char*>(input_.data().data()), input_.size());
  };
  // RFC 9112 §2.2: empty lines before a request are overlooked.
  if (!parser_->got_some()) {
    while (text().starts_with("\r\n")) input_.consume(2);
    if (text() == "\r") return {};
  }
  if (input_.size() == 0) return {};
  bool in_header = !parser_->is_header_done();
  error_code error;
  auto used = parser_->put(input_.data(), error);
  if (error && error != HttpError::need_more) return std::unexpected(refusal_for(error));
  if (in_header && has_folded_line(text().substr(0, used))) return std::unexpected(kMalformed);
  input_.consume(used);
  return {};
}

Connection::Refusal Connection::refusal_for(error_code error) const {
  if (error == HttpError::body_limit) return kBodyTooLarge;
  if (error == HttpError::header_limit)
    return {431, "header_too_large", "The request's header is too large."};
  if (error == HttpError::bad_version &&
      names_another_version({static_cast<const char*>(input_.data().data()), input_.size()})) {
    return {505, "version_not_supported", "This server speaks HTTP/1.1."};
  }
  return kMalformed;
}

/// What Beast lets pass though nobody can be sure where such a request ends, or to whom it is meant to go:
/// the material of request smuggling (RFC 9112 §6.1, §6.3, §3.2, §11.2).
Connection::Checked Connection::check_header() const {
  auto refuse_with = [](unsigned status, std::string_view code, std::string_view detail) {
    return std::unexpected(Refusal{status, code, detail});
  };
  auto codings = request_.count(field::transfer_encoding);
  auto lengths = request_.count(field::content_length);
  if (lengths > 1 || (lengths > 0 && codings > 0) || (codings > 0 && parser_->is_http_1_0()) ||
      request_.header(field::content_length).find(',') != std::string_view::npos) {
    return refuse_with(400, "ambiguous_length", "The length of the body is given in more than one way.");
  }
  if (codings > 1 || (codings == 1 && !iequals(request_.header(field::transfer_encoding), "chunked"))) {
    return refuse_with(501, "unsupported_coding", "The only transfer coding served is chunked.");
  }
  auto hosts = request_.count(field::host);
  if (hosts > 1 || (hosts == 0 && !parser_->is_http_1_0())) {
    return refuse_with(400, "malformed_request", "A request has exactly one Host header.");
  }
  auto expect = request_.header(field::expect);
  if (!expect.empty() && !iequals(expect, "100-continue")) {
    return refuse_with(417, "expectation_failed", "The only expectation served is 100-continue.");
  }
  return {};
}

/// RFC 7239 §5.2 says it of the newer header: what stands left of the trusted proxies' entries is anybody's
/// word.
std::string_view Connection::client_address() const {
  unsigned left = options_.proxies;
  for (auto field = request_.fields.rbegin(); left > 0 && field != request_.fields.rend(); ++field) {
    if (!iequals(field->name, "X-Forwarded-For")) continue;
    auto rest = field->value;
    while (left > 0) {
      auto comma = rest.rfind(',');
      auto entry = comma == std::string_view::npos ? rest : rest.substr(comma + 1);
      while (entry.starts_with(' ') || entry.starts_with('\t')) entry.remove_prefix(1);
      while (entry.ends_with(' ') || entry.ends_with('\t')) entry.remove_suffix(1);
      if (--left == 0) {
        error_code error;
        asio::ip::make_address(entry, error);
        return error ? std::string_view(remote_address_) : entry;
      }
      if (comma == std::string_view::npos) break;
      rest = rest.substr(0, comma);
    }
  }
  return remote_address_;
}

void Connection::identify() {
  if (options_.proxies > 0) request_.remote_address = client_address();
  request_.request_id = request_.header("X-Request-Id");
  if (is_request_id(request_.request_id)) return;
  made_request_id_ = make_request_id();
  request_.request_id = made_request_id_;
}

Awaitable<Response> Connection::answer() {
  phase_ = Phase::handling;
  deadline_ = Clock::time_point::max();
  std::string fault;
  try {
    co_return co_await handler_.handle(request_);
  } catch (const std::exception& error) {
    // Not what(): it may quote the request, as parsers' messages do.
    fault = boost::core::demangle(typeid(error).name());
  } catch (...) {
    fault = "something that is no std::exception";
  }
  spdlog::error("a request failed: {} thrown, request_id={}", fault, request_.request_id);
  co_return refuse({500, "internal_error", "Something went wrong here; it was logged."});
}

Response Connection::refuse(const Refusal& refusal) {
  if (request_.request_id.empty()) identify();
  return handler_.refuse(refusal.status, refusal.code, refusal.detail, request_.request_id);
}

/// Makes head_ and output_; gives whether the connection goes on afterwards. An answer whose header must not
/// be sent becomes a 500.
bool Connection::compose(Response& response, bool keep_alive) {
  bool is_endless = response.stream && parser_->is_http_1_0();
  Framing framing{keep_alive && !response.close && !draining_ && !is_endless, parser_->is_http_1_0(),
                  request_.request_id};
  head_.clear();
  if (!append_head(head_, response, framing)) {
    spdlog::error("an answer has a header that cannot be sent, request_id={}", request_.request_id);
    response = refuse({500, "internal_error", "Something went wrong here; it was logged."});
    head_.clear();
    if (!append_head(head_, response, framing)) throw std::logic_error("a refusal that cannot be sent");
  }
  bool with_body = has_body(response.status) && !request_.head && !response.stream;
  output_ = {asio::buffer(head_), with_body ? asio::buffer(response.body) : asio::const_buffer()};
  return framing.keep_alive;
}

/// Most answers fit into the socket's buffer, which saves the way through the event loop. False: something is
/// left.
bool Connection::write_now() {
  if (tls_) return false;
  error_code error;
  auto written = socket_.write_some(output_, error);
  if (error) return false;  // would block, or is met again by write_rest
  auto of_head = std::min(written, output_[0].size());
  output_[0] += of_head;
  output_[1] += written - of_head;
  return output_[0].size() + output_[1].size() == 0;
}

Awaitable<bool> Connection::write_rest() {
  enter(Phase::writing, options_.write_timeout);
  error_code error;
  if (tls_) {
    co_await asio::async_write(tls_->stream, output_, asio::redirect_error(kAwait, error));
    if (error) tls_->is_open = false;
  } else {
    co_await asio::async_write(socket_, output_, asio::redirect_error(kAwait, error));
  }
  co_return !error;
}

/// In chunks (RFC 9112 §7.1), one at a time, so that nothing piles up for a client that does not read. False:
/// the connection is of no use any more.
Awaitable<bool> Connection::write_stream(BodyStream& stream) {
  struct Streaming {
    explicit Streaming(BodyStream*& place, BodyStream& stream) : place_(place) { place_ = &stream; }
    ~Streaming() { place_ = nullptr; }
    BodyStream*& place_;
  } streaming(streaming_, stream);
  if (draining_) stream.stop();
  bool chunked = !parser_->is_http_1_0();
  for (;;) {
    phase_ = Phase::handling;
    deadline_ = Clock::time_point::max();
    auto next = co_await stream.next();
    if (!next) co_return false;
    auto& piece = *next;
    if (piece.empty()) break;
    if (chunked) {
      std::array<char, 16> digits;
      auto end = std::to_chars(digits.data(), digits.data() + digits.size(), piece.size(), 16).ptr;
      head_.assign(digits.data(), end).append("\r\n");
      piece += "\r\n";
    } else {
      head_.clear();
    }
    output_ = {asio::buffer(head_), asio::buffer(piece)};
    if (!write_now() && !co_await write_rest()) co_return false;
  }
  if (!chunked) co_return true;
  head_ = "0\r\n\r\n";
  output_ = {asio::buffer(head_), asio::const_buffer()};
  if (write_now()) co_return true;
  co_return co_await write_rest();
}

/// RFC 9112 §9.6: closes our half, and lets the client finish.
Awaitable<void> Connection::linger() {
  if (tls_) co_return;  // saying goodbye does it
  error_code error;
  socket_.shutdown(Socket::shutdown_send, error);
  enter(Phase::lingering, kLinger);
  do {
    input_.clear();
  } while (co_await read_some(kHeaderRead));
}

}  // namespace byline::http
