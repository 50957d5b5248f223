#include "http/resources/resources.hpp"

namespace byline::http {
namespace {

Response reply_health(bool well, std::string_view what) {
  Response response;
  response.status = well ? 200 : 503;
  response.content_type = "application/json";
  JsonWriter json(response.body);
  json.begin_object();
  json.member("status", what);
  json.end_object();
  if (!well) response.headers.emplace_back("Retry-After", "1");
  return response;
}

}  // namespace

Awaitable<Response> health_live(Call&) { co_return reply_health(true, "live"); }

Awaitable<Response> health_ready(Call& call) {
  bool ready = call.services.engine.is_writable();
  co_return reply_health(ready, ready ? "ready" : "the storage cannot be written");
}

Awaitable<Response> expose_metrics(Call& call) {
  Response response;
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  response.body = call.services.metrics.expose();
  co_return response;
}

}  // namespace byline::http
