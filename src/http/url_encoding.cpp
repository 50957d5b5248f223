#include "http/url_encoding.hpp"

#include <boost/url/encode.hpp>
#include <boost/url/pct_string_view.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

#include "domain/unicode.hpp"

namespace byline::http {
namespace {

namespace urls = boost::urls;

constexpr std::size_t kMaxParameters = 100;

std::optional<std::string> decode(std::string_view text, bool plus_is_space) {
  auto encoded = urls::make_pct_string_view({text.data(), text.size()});
  if (!encoded) return std::nullopt;
  urls::encoding_opts options;
  options.space_as_plus = plus_is_space;
  auto decoded = encoded->decode(options);
  if (decoded.find('\0') != std::string::npos || !is_valid_utf8(decoded)) return std::nullopt;
  return decoded;
}

}  // namespace

std::optional<std::string> form_decode(std::string_view text) { return decode(text, true); }

std::expected<std::vector<std::pair<std::string, std::string>>, FormError> parse_form(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> pairs;
  while (!text.empty()) {
    auto part = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), part.size() + 1));
    if (part.empty()) continue;
    auto equals = std::min(part.size(), part.find('='));
    auto name = form_decode(part.substr(0, equals));
    if (!name) return std::unexpected(FormError{{}, "The name of a parameter is not percent-encoded UTF-8."});
    auto value = form_decode(part.substr(std::min(part.size(), equals + 1)));
    if (!value)
      return std::unexpected(FormError{*name, "The value of this parameter is not percent-encoded UTF-8."});
    if (pairs.size() == kMaxParameters)
      return std::unexpected(FormError{*name, "There are more than 100 parameters."});
    pairs.emplace_back(std::move(*name), std::move(*value));
  }
  return pairs;
}

std::string percent_encode(std::string_view text) {
  return urls::encode({text.data(), text.size()}, urls::unreserved_chars);
}

std::expected<std::vector<std::string>, std::string> split_path(std::string_view path) {
  if (!path.starts_with('/')) return std::unexpected("it does not begin with a slash");
  std::vector<std::string> segments;
  while (!path.empty()) {
    path.remove_prefix(1);
    auto part = path.substr(0, path.find('/'));
    path.remove_prefix(part.size());
    auto segment = decode(part, false);
    if (!segment) return std::unexpected("it is not percent-encoded UTF-8");
    segments.push_back(std::move(*segment));
  }
  return segments;
}

}  // namespace byline::http
