#include "http/sign_in/body.hpp"

#include "http/json_object.hpp"

namespace byline::http {

std::expected<Body, Response> Body::read(const Call& call) {
  constexpr std::size_t kDepth = 2;
  auto object = read_json_object(call.request, kDepth, "body");
  if (!object) return std::unexpected(std::move(object.error()));
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
