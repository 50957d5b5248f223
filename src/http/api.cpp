#include "http/api.hpp"

#include <boost/beast/http/verb.hpp>
#include <chrono>

#include "engine/log_line.hpp"
#include "http/authentication.hpp"
#include "http/media_type.hpp"
#include "http/query.hpp"
#include "http/reply.hpp"

namespace byline::http {
namespace {

constexpr std::string_view kNoRoute = "(none)";

std::string_view route_name(const Call& call) { return call.route ? call.route->path : kNoRoute; }

Response reply_no_method(const RouteMatch& match) {
  std::string allowed;
  for (const auto* route : match.same_path) {
    if (!allowed.empty()) allowed += ", ";
    allowed += boost::beast::http::to_string(route->method);
  }
  auto response = reply_error({405, "method_not_allowed", "This address takes " + allowed + ".", {}, {}, {}});
  response.headers.emplace_back("Allow", allowed);
  return response;
}

}  // namespace

Api::Api(const Services& services) : services_(services) {
  for (const auto& route : routes()) {
    route_metrics_.push_back(services.metrics.route(boost::beast::http::to_string(route.method), route.path));
  }
  route_metrics_.push_back(services.metrics.route("other", kNoRoute));
}

Api::~Api() = default;

Awaitable<Response> Api::handle(const Request& request) {
  auto started = std::chrono::steady_clock::now();
  Call call{services_, request, nullptr, {}, {}, {}};
  auto response = co_await dispatch(call);
  account_for(call, response,
              std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count());
  co_return response;
}

Awaitable<Response> Api::dispatch(Call& call) {
  auto segments = split_path(call.request.path);
  if (!segments)
    co_return reply_error(
        {400, "invalid_path", "The path cannot be read: " + segments.error() + ".", {}, {}, {}});
  auto match = match_route(call.request.method, *segments);
  if (match.same_path.empty())
    co_return reply_error({404, "not_found", "There is nothing at this address.", {}, {}, {}});
  if (!match.route) co_return reply_no_method(match);
  call.route = match.route;
  call.parameters = std::move(match.parameters);

  auto query = parse_form(call.request.query);
  if (!query)
    co_return reply_error({400, "invalid_parameter", query.error().detail, {}, query.error().name, {}});
  call.query = std::move(*query);
  if (call.route->resource && !accepts_json_api(call.request.header(boost::beast::http::field::accept))) {
    co_return reply_error({406,
                           "not_acceptable",
                           "Answers are application/vnd.api+json, without parameters.",
                           {},
                           {},
                           "Accept"});
  }
  if (call.route->entry == Entry::bearer) {
    auto principal = authenticate(services_, call.request);
    if (!principal) co_return std::move(principal.error());
    call.principal = *principal;
  }
  // Commands and plain routes take no query; lists and reads look at theirs themselves.
  bool reads = call.route->shape == Shape::list || call.route->shape == Shape::read;
  if (!reads && call.route->resource && !call.query.empty()) {
    co_return reply_error({400,
                           "unknown_parameter",
                           "There is no such query parameter here.",
                           {},
                           call.query.front().first,
                           {}});
  }
  co_return co_await call.route->handler(call);
}

void Api::account_for(const Call& call, const Response& response, double seconds) {
  auto index = call.route ? static_cast<std::size_t>(call.route - routes().data()) : routes().size();
  route_metrics_[index].observe(response.status, seconds);
  // The route, never the address: names and e-mail addresses may stand in a query.
  auto actor = call.principal.account.is_nil() ? std::string("-") : to_string(call.principal.account);
  log_line(spdlog::level::info, "request",
           {{"method", call.request.method_name()},
            {"route", route_name(call)},
            {"status", std::int64_t{response.status}},
            {"duration_ms", seconds * 1000},
            {"actor", actor},
            {"request_id", call.request.request_id}});
}

Response Api::refuse(unsigned status, std::string_view code, std::string_view detail,
                     std::string_view request_id) {
  route_metrics_.back().observe(status, 0);
  log_line(spdlog::level::info, "request",
           {{"method", "-"},
            {"route", kNoRoute},
            {"status", std::int64_t{status}},
            {"duration_ms", 0.0},
            {"actor", "-"},
            {"request_id", request_id}});
  return reply_error({status, std::string(code), std::string(detail), {}, {}, {}});
}

}  // namespace byline::http
