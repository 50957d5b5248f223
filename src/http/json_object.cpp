#include "http/json_object.hpp"

#include "http/media_type.hpp"
#include "http/reply.hpp"
#include "security/strict_json.hpp"

namespace byline::http {

std::expected<nlohmann::json, Response> read_json_object(const Request& request, std::size_t max_depth,
                                                         std::string_view what) {
  if (!is_json(request.header(boost::beast::http::field::content_type))) {
    return std::unexpected(reply_error({415,
                                        "unsupported_media_type",
                                        "The body must be sent as \"Content-Type: application/json\".",
                                        {},
                                        {},
                                        "Content-Type"}));
  }
  auto object = security::parse_strict_json(request.body, max_depth);
  if (!object) {
    return std::unexpected(
        reply_error({400, "invalid_json", object.error().detail, object.error().pointer, {}, {}}));
  }
  if (!object->is_object()) {
    return std::unexpected(
        reply_error({400, "invalid_document", "The " + std::string(what) + " is an object.", {}, {}, {}}));
  }
  return std::move(*object);
}

}  // namespace byline::http
