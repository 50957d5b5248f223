#include "http/route.hpp"

namespace byline::http {
namespace {

/// Walks a path's template along the segments; collects the values of its parameters.
bool fits(std::string_view path, std::span<const std::string> segments,
          std::vector<std::string_view>& parameters) {
  parameters.clear();
  for (const auto& segment : segments) {
    if (path.empty()) return false;
    path.remove_prefix(1);  // the slash
    auto part = path.substr(0, path.find('/'));
    path.remove_prefix(part.size());
    if (part.starts_with("{+")) {  // the rest of the path
      parameters.emplace_back(segment);
      return true;
    }
    if (part.starts_with('{')) {
      parameters.emplace_back(segment);
    } else if (part != segment) {
      return false;
    }
  }
  return path.empty();
}

}  // namespace

std::string openapi_path(const Route& route) {
  std::string path(route.path);
  if (auto rest = path.find("{+"); rest != std::string::npos) path.erase(rest + 1, 1);
  return path;
}

RouteMatch match_route(std::span<const Route> routes, boost::beast::http::verb method,
                       std::span<const std::string> segments) {
  RouteMatch match;
  std::vector<std::string_view> parameters;
  for (const auto& route : routes) {
    // A path of its own hides the ones with parameters.
    if (!match.same_path.empty() && match.same_path.front()->path != route.path) continue;
    if (!fits(route.path, segments, parameters)) continue;
    match.same_path.push_back(&route);
    if (route.method != method &&
        !(method == boost::beast::http::verb::head && route.method == boost::beast::http::verb::get))
      continue;
    match.route = &route;
    match.parameters = parameters;
    break;
  }
  return match;
}

}  // namespace byline::http
