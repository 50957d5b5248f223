#include "http/media_type.hpp"
#include "http/server/ascii.hpp"

namespace byline::http {
namespace {

std::string_view trim(std::string_view text) {
  auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool same(std::string_view left, std::string_view right) { return iequals(left, right); }

/// Takes the part before the separator off the text, which then begins with the separator. One within quotes
/// is none (RFC 9110 §5.6.4).
std::string_view cut(std::string_view& text, char separator) {
  bool quoted = false;
  std::size_t end = 0;
  for (; end < text.size() && (quoted || text[end] != separator); ++end) {
    if (text[end] == '"') quoted = !quoted;
    if (quoted && text[end] == '\\') ++end;
  }
  auto part = text.substr(0, end);
  text.remove_prefix(part.size());
  return part;
}

/// JSON:API with no parameters but profiles, which are passed over when they are not known; in Accept also a
/// weight, which is none of the media type's (RFC 9110 §12.4.2).
bool is_served(std::string_view parameters, bool weighted) {
  while (!parameters.empty()) {
    parameters.remove_prefix(1);
    auto parameter = trim(cut(parameters, ';'));
    auto name = parameter.substr(0, parameter.find('='));
    if (!same(name, "profile") && !(weighted && same(name, "q"))) return false;
  }
  return true;
}

}  // namespace

bool is_json_api(std::string_view content_type) {
  return same(trim(cut(content_type, ';')), kJsonApi) && is_served(content_type, false);
}

bool is_json(std::string_view content_type) {
  return same(trim(content_type.substr(0, content_type.find(';'))), "application/json");
}

bool is_form(std::string_view content_type) {
  return same(trim(content_type.substr(0, content_type.find(';'))), "application/x-www-form-urlencoded");
}

bool accepts_json_api(std::string_view accept) {
  bool named = false;
  while (!accept.empty()) {
    auto item = cut(accept, ',');
    if (!accept.empty()) accept.remove_prefix(1);
    if (!same(trim(cut(item, ';')), kJsonApi)) continue;
    named = true;
    if (is_served(item, true)) return true;
  }
  return !named;
}

}  // namespace byline::http
