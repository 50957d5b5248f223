#pragma once

#include <boost/beast/http/verb.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "http/resource.hpp"
#include "http/server/message.hpp"

namespace byline::http {

struct Call;
using RouteHandler = Awaitable<Response> (*)(Call& call);

/// Who may call a route at all. What they may do there is the handler's to ask.
enum class Entry : std::uint8_t { anyone, bearer };

/// What a route takes and gives, in the terms of JSON:API; `plain` is anything else.
enum class Shape : std::uint8_t { list, read, create, change, remove, plain };

/// One operation of the API. The table of them drives dispatch, the labels of logs and metrics, and the
/// OpenAPI document, so that none of these can say something else than the others.
struct Route {
  boost::beast::http::verb method;
  std::string_view path;       ///< with parameters as `{name}`; a last one `{+name}` is all of the rest
  std::string_view operation;  ///< OpenAPI's operationId
  std::string_view summary;
  Shape shape;
  Entry entry;
  const ResourceSpec* resource;  ///< nullptr where `shape` is plain
  RouteHandler handler;
  std::string_view plain_schemas =
      {};                      ///< where `shape` is plain: OpenAPI requestBody and responses, as JSON text
  bool may_lack_body = false;  ///< where `shape` is create: nothing has to be said
};

/// The path as OpenAPI writes it, which knows no parameter for the rest of one.
std::string openapi_path(const Route& route);

/// The routes whose path fits, whatever their method, with the values of its parameters. `segments` are
/// decoded.
struct RouteMatch {
  const Route* route = nullptr;         ///< nullptr: no such path, or not with this method
  std::vector<const Route*> same_path;  ///< for 405 and `Allow`
  std::vector<std::string_view> parameters;
};
RouteMatch match_route(std::span<const Route> routes, boost::beast::http::verb method,
                       std::span<const std::string> segments);

}  // namespace byline::http
