#include "http/server/response_head.hpp"
#include "http/server/ascii.hpp"

#include <algorithm>
#include <array>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/http/status.hpp>
#include <charconv>

namespace byline::http {
namespace {

void append_number(std::string& out, std::size_t number) {
  std::array<char, 20> digits;
  auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, boost::beast::http::detail::is_token_char);
}

/// RFC 9110 §5.5: visible characters, bytes above ASCII, spaces and tabs.
bool is_field_value(std::string_view text) {
  return std::ranges::none_of(text, [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7F; });
}

bool is_transports(std::string_view name) {
  return iequals(name, "Content-Length") || iequals(name, "Transfer-Encoding") ||
         iequals(name, "Connection") || iequals(name, "Content-Type") || iequals(name, "X-Request-Id");
}

}  // namespace

bool has_body(unsigned status) { return status >= 200 && status != 204 && status != 304; }

bool append_head(std::string& out, const Response& response, const Framing& framing) {
  out.append("HTTP/1.1 ");
  append_number(out, response.status);
  out.append(1, ' ').append(
      boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(response.status)));
  out.append("\r\n");
  if (has_body(response.status)) {
    if (!is_field_value(response.content_type)) return false;
    if (!response.content_type.empty()) append_field(out, "Content-Type", response.content_type);
    if (!response.stream) {
      out.append("Content-Length: ");
      append_number(out, response.body.size());
      out.append("\r\n");
    } else if (!framing.http_1_0) {
      out.append("Transfer-Encoding: chunked\r\n");
    }  // RFC 9112 §6.1: who speaks 1.0 knows no chunks, and reads until the connection ends
  }
  append_field(out, "X-Request-Id", framing.request_id);
  append_field(out, "X-Content-Type-Options", "nosniff");
  bool own_caching = false;
  for (const auto& [name, value] : response.headers) {
    if (!is_token(name) || !is_field_value(value) || is_transports(name)) return false;
    if (iequals(name, "Cache-Control")) own_caching = true;
    append_field(out, name, value);
  }
  if (!own_caching) out.append("Cache-Control: no-store\r\n");
  if (!framing.keep_alive) {
    out.append("Connection: close\r\n");
  } else if (framing.http_1_0) {
    out.append("Connection: keep-alive\r\n");
  }
  out.append("\r\n");
  return true;
}

}  // namespace byline::http
