#include "http/api.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/beast/http/verb.hpp>
#include <boost/core/demangle.hpp>
#include <chrono>

#include "http/authentication.hpp"
#include "http/media_type.hpp"
#include "http/reply.hpp"
#include "http/url_encoding.hpp"
#include "http/view_reply.hpp"
#include "telemetry/log_line.hpp"

namespace byline::http {
namespace {

constexpr std::string_view kNoRoute = "(none)";
constexpr std::uint64_t kMaxAnonymousBody = 16 * 1024;  ///< bytes, from who has not shown who it is

std::string_view route_name(const Call& call) { return call.route ? call.route->path : kNoRoute; }

/// A method that nobody knows is text of the caller's choice, and logs are not the place for it.
std::string_view method_name(const Request& request) {
  bool known = request.method != boost::beast::http::verb::unknown;
  return known ? request.method_text : std::string_view("other");
}

Response reply_no_method(const RouteMatch& match) {
  std::string allowed;
  for (const auto* route : match.same_path) {
    if (!allowed.empty()) allowed += ", ";
    allowed += boost::beast::http::to_string(route->method);
    if (route->method == boost::beast::http::verb::get) allowed += ", HEAD";
  }
  auto response = reply_error({405, "method_not_allowed", "This address takes " + allowed + ".", {}, {}, {}});
  response.headers.emplace_back("Allow", allowed);
  return response;
}

}  // namespace

Api::Api(const Services& services, std::span<const Route> routes) : services_(services), routes_(routes) {
  for (const auto& route : routes) {
    route_metrics_.push_back(services.metrics.route(boost::beast::http::to_string(route.method), route.path));
  }
  route_metrics_.push_back(services.metrics.route("other", kNoRoute));
}

Api::~Api() = default;

Awaitable<Response> Api::handle(const Request& request) {
  auto started = std::chrono::steady_clock::now();
  Call call{.services = services_, .request = request};
  Response response;
  try {
    response = co_await dispatch(call);
  } catch (const std::exception& error) {
    response = reply_failure(error, request.request_id);
  }
  write_rate(call, response);
  if (response.status < 400) count_uses(call);
  if (response.status == 403) note_refusal(call);
  account_for(call, response,
              std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count());
  co_return response;
}

Response Api::reply_failure(const std::exception& error, std::string_view request_id) const {
  if (const auto* unavailable = dynamic_cast<const ViewUnavailable*>(&error))
    return reply_view_unavailable(services_.engine, unavailable->view());
  // Not what(): it may quote the request, as parsers' messages do.
  spdlog::error("a request failed: {} thrown, request_id={}", boost::core::demangle(typeid(error).name()),
                request_id);
  return reply_error({500, "internal_error", "Something went wrong here; it was logged.", {}, {}, {}});
}

/// Finds the route and lets the caller in, by what stands in the header.
std::expected<void, Response> Api::enter(Call& call, Proofs proofs) const {
  auto refuse_with = [](ApiError error) { return std::unexpected(reply_error(std::move(error))); };
  auto segments = split_path(call.request.path);
  if (!segments)
    return refuse_with(
        {400, "invalid_path", "The path cannot be read: " + segments.error() + ".", {}, {}, {}});
  call.segments = std::move(*segments);
  auto match = match_route(routes_, call.request.method, call.segments);
  if (match.same_path.empty())
    return refuse_with({404, "not_found", "There is nothing at this address.", {}, {}, {}});
  if (!match.route) return std::unexpected(reply_no_method(match));
  call.route = match.route;
  call.parameters = std::move(match.parameters);
  bool reads = call.route->shape == Shape::list || call.route->shape == Shape::read;
  bool commands = call.route->resource && !reads;
  // Before anything is done for it: what is refused must cost little where there is too much of it.
  if (commands && services_.engine.is_full())
    return std::unexpected(reply_unavailable("too many commands are waiting"));

  auto query = parse_form(call.request.query);
  if (!query)
    return refuse_with({400, "invalid_parameter", query.error().detail, {}, query.error().name, {}});
  call.query = std::move(*query);
  if (call.route->resource && !accepts_json_api(call.request.header(boost::beast::http::field::accept))) {
    return refuse_with({406,
                        "not_acceptable",
                        "Answers are application/vnd.api+json, without parameters.",
                        {},
                        {},
                        "Accept"});
  }
  if (call.route->entry == Entry::bearer) {
    if (auto entered = authenticate(call, proofs); !entered) return entered;
    if (proofs == Proofs::take) {
      if (auto kept = keep_rate(call); !kept) return kept;
    }
  }
  // Commands and plain routes take no query; lists and reads look at theirs themselves.
  if (commands && !call.query.empty()) {
    return refuse_with({400,
                        "unknown_parameter",
                        "There is no such query parameter here.",
                        {},
                        call.query.front().first,
                        {}});
  }
  return {};
}

Awaitable<Response> Api::dispatch(Call& call) {
  if (auto entered = enter(call, Proofs::take); !entered) co_return std::move(entered.error());
  co_return co_await call.route->handler(call);
}

std::expected<std::uint64_t, Response> Api::admit(const Request& request) {
  Call call{.services = services_, .request = request};
  std::expected<void, Response> entered;
  try {
    entered = enter(call, Proofs::look_at);
  } catch (const std::exception& error) {
    entered = std::unexpected(reply_failure(error, request.request_id));
  }
  if (entered) return call.route->entry == Entry::bearer ? UINT64_MAX : kMaxAnonymousBody;
  account_for(call, entered.error(), 0);
  return std::unexpected(std::move(entered.error()));
}

/// Once each, however often the handler asked.
void Api::count_uses(const Call& call) {
  for (auto use = call.uses.begin(); use != call.uses.end(); ++use) {
    if (std::find(call.uses.begin(), use, *use) == use)
      services_.engine.note_use(call.organization(), call.principal.account, *use);
  }
}

void Api::note_refusal(const Call& call) {
  if (!call.route || call.principal.account.is_nil()) return;
  std::string operation(call.route->operation);
  // One that is not there would be 404.
  if (call.route->path.starts_with("/{service}/{collection}"))
    operation += " " + std::string(call.parameters[0]) + "/" + std::string(call.parameters[1]);
  services_.engine.note_refusal(call.organization(), call.principal.account, operation,
                                call.request.remote_address);
}

void Api::account_for(const Call& call, const Response& response, double seconds) {
  auto index = call.route ? static_cast<std::size_t>(call.route - routes_.data()) : routes_.size();
  route_metrics_[index].observe(response.status, seconds);
  // The route, never the address: names and e-mail addresses may stand in a query.
  auto actor = call.principal.account.is_nil() ? std::string("-") : to_string(call.principal.account);
  log_line(spdlog::level::info, "request",
           {{"method", method_name(call.request)},
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
