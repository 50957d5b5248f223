#include "http/sign_in/body.hpp"

#include "http/media_type.hpp"
#include "security/strict_json.hpp"

namespace byline::http {

std::expected<Body, Response> Body::read(const Call& call) {
  constexpr std::size_t kDepth = 2;
  if (!is_json(call.request.header(boost::beast::http::field::content_type))) {
    return std::unexpected(reply_error(
        {415, "unsupported_media_type", "The body must be application/json.", {}, {}, "Content-Type"}));
  }
  auto object = security::parse_strict_json(call.request.body, kDepth);
  if (!object)
    return std::unexpected(
        reply_error({400, "invalid_json", object.error().detail, object.error().pointer, {}, {}}));
  if (!object->is_object())
    return std::unexpected(reply_error({400, "invalid_document", "The body is not an object.", {}, {}, {}}));
  return Body(std::move(*object));
}

std::string Body::required(const char* name) {
  if (!object_.contains(name)) {
    add(name, "required", "This must be given.");
    return {};
  }
  return optional(name);
}

std::string Body::optional(const char* name) {
  auto found = object_.find(name);
  if (found == object_.end() || found->is_null()) return {};
  if (found->is_string()) return found->get<std::string>();
  add(name, "invalid_type", "This must be a text.");
  return {};
}

void Body::add(const char* name, std::string code, std::string detail) {
  errors_.push_back({422, std::move(code), std::move(detail), std::string("/") + name, {}, {}});
}

}  // namespace byline::http
