#include "http/server/message.hpp"
#include "http/server/ascii.hpp"

#include <algorithm>
#include <random>

namespace byline::http {

std::string_view Request::header(boost::beast::http::field id) const {
  auto found = std::ranges::find(fields, id, &HeaderField::id);
  return found == fields.end() ? std::string_view() : found->value;
}

std::string_view Request::header(std::string_view name) const {
  auto found = std::ranges::find_if(fields, [name](const auto& f) { return iequals(f.name, name); });
  return found == fields.end() ? std::string_view() : found->value;
}

std::size_t Request::count(boost::beast::http::field id) const {
  return static_cast<std::size_t>(std::ranges::count(fields, id, &HeaderField::id));
}

std::size_t Request::count(std::string_view name) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(fields, [name](const auto& f) { return iequals(f.name, name); }));
}

void Request::set_target(std::string_view text) {
  target = text;
  for (std::string_view scheme : {"http://", "https://"}) {
    if (!iequals(text.substr(0, scheme.size()), scheme)) continue;
    text.remove_prefix(scheme.size());
    text.remove_prefix(std::min(text.find_first_of("/?"), text.size()));
    break;
  }
  auto question = text.find('?');
  path = text.substr(0, question);
  query = question == std::string_view::npos ? std::string_view() : text.substr(question + 1);
  if (path.empty()) path = "/";
}

bool is_request_id(std::string_view text) {
  constexpr std::string_view kAllowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
  // Nor is it a token that landed in the wrong header: what names a request is logged.
  for (auto secret : {"byl_", "bya_", "eyJ"}) {
    if (text.starts_with(secret)) return false;
  }
  return !text.empty() && text.size() <= 64 && text.find_first_not_of(kAllowed) == std::string_view::npos;
}

std::string make_request_id() {
  static thread_local std::mt19937_64 random{(std::uint64_t{std::random_device{}()} << 32) ^
                                             std::random_device{}()};
  std::string text(16, '0');
  auto bits = random();
  for (auto& digit : text) {
    digit = "0123456789abcdef"[bits & 15];
    bits >>= 4;
  }
  return text;
}

}  // namespace byline::http
