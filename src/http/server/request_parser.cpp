#include "http/server/request_parser.hpp"

#include <boost/beast/http/error.hpp>
#include <cstring>

namespace byline::http {

RequestParser::RequestParser(Request& request, std::string& body, std::pmr::memory_resource& arena)
    : request_(request), body_(body), arena_(arena) {}

std::string_view RequestParser::keep(std::string_view text) {
  if (text.empty()) return {};
  auto* kept = static_cast<char*>(arena_.allocate(text.size(), 1));
  std::memcpy(kept, text.data(), text.size());
  return {kept, text.size()};
}

void RequestParser::on_request_impl(boost::beast::http::verb method, string_view method_text,
                                    string_view target, int version, error_code&) {
  request_.method = method;
  request_.method_text = keep(method_text);
  request_.head = method == boost::beast::http::verb::head;
  request_.set_target(keep(target));
  version_ = version;
}

void RequestParser::on_field_impl(field id, string_view name, string_view value, error_code& error) {
  if (is_header_done()) return;  // a trailer
  if (request_.fields.size() == kMaxFields) {
    error = boost::beast::http::error::header_limit;
    return;
  }
  auto kept_name = keep(name);
  request_.fields.push_back({id, kept_name, keep(value)});
}

void RequestParser::on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) {
  // What a client merely announces must not cost memory: beyond this the body grows as it arrives.
  constexpr std::uint64_t kTrusted = 64 * 1024;
  if (length) body_.reserve(static_cast<std::size_t>(std::min(*length, kTrusted)));
}

std::size_t RequestParser::on_body_impl(string_view part, error_code&) {
  body_.append(part.data(), part.size());
  return part.size();
}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t, string_view part, error_code&) {
  body_.append(part.data(), part.size());
  return part.size();
}

void RequestParser::on_finish_impl(error_code&) { request_.body = body_; }

}  // namespace byline::http
