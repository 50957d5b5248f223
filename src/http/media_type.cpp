#include "http/media_type.hpp"

#include <boost/beast/core/string.hpp>

namespace byline::http {
namespace {

std::string_view trim(std::string_view text) {
  auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool same(std::string_view left, std::string_view right) { return boost::beast::iequals(left, right); }

constexpr std::string_view kJsonApiType = "application/vnd.api+json";

}  // namespace

bool is_json_api(std::string_view content_type) { return same(trim(content_type), kJsonApiType); }

bool is_form(std::string_view content_type) {
  return same(trim(content_type.substr(0, content_type.find(';'))), "application/x-www-form-urlencoded");
}

bool accepts_json_api(std::string_view accept) {
  bool named = false;
  while (!accept.empty()) {
    auto item = trim(accept.substr(0, accept.find(',')));
    auto comma = accept.find(',');
    accept.remove_prefix(comma == std::string_view::npos ? accept.size() : comma + 1);
    if (!same(trim(item.substr(0, item.find(';'))), kJsonApiType)) continue;
    named = true;
    auto semicolon = item.find(';');
    // A weight (RFC 9110 §12.4.2) is no parameter of the media type.
    if (semicolon == std::string_view::npos || same(trim(item.substr(semicolon + 1)).substr(0, 2), "q="))
      return true;
  }
  return !named;
}

}  // namespace byline::http
