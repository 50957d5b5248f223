#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <memory_resource>
#include <string>

#include "http/server/message.hpp"

namespace byline::http {

/// Beast's parser for one request, with storage that the connection keeps from one request to the next: the
/// parser of Beast's own (http::request_parser) allocates for every field.
///
/// Being the parser itself, it counts a body against `body_limit` as it comes. What follows the last chunk
/// (trailers, RFC 9110 §6.5) is dropped, so that it can never pass for a header.
class RequestParser final : public boost::beast::http::basic_parser<true> {
 public:
  static constexpr std::size_t kMaxFields = 100;

  /// Fills `request` with views into `arena`, and `body`. All of them outlive the parser.
  RequestParser(Request& request, std::string& body, std::pmr::memory_resource& arena);

  bool is_http_1_0() const { return version_ == 10; }

 private:
  using field = boost::beast::http::field;
  using error_code = boost::beast::error_code;
  using string_view = boost::beast::string_view;
  std::string_view keep(std::string_view text);

  void on_request_impl(boost::beast::http::verb method, string_view method_text, string_view target,
                       int version, error_code& error) override;
  void on_response_impl(int, string_view, int, error_code&) override {}
  void on_field_impl(field id, string_view name, string_view value, error_code& error) override;
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override;
  std::size_t on_body_impl(string_view part, error_code&) override;
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, string_view part, error_code&) override;
  void on_finish_impl(error_code&) override;

  Request& request_;
  std::string& body_;
  std::pmr::memory_resource& arena_;
  int version_ = 11;
};

}  // namespace byline::http
