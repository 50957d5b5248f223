#pragma once

#include <memory>
#include <vector>

#include "http/call.hpp"
#include "http/server/message.hpp"

namespace byline::http {

/// The API as a whole: finds the route, lets the caller in, runs the handler, and writes one line of log and
/// the metrics for every request.
class Api final : public Handler {
 public:
  explicit Api(const Services& services);
  ~Api() override;

  Awaitable<Response> handle(const Request& request) override;
  Response refuse(unsigned status, std::string_view code, std::string_view detail,
                  std::string_view request_id) override;

 private:
  Awaitable<Response> dispatch(Call& call);
  void account_for(const Call& call, const Response& response, double seconds);

  const Services& services_;
  std::vector<RouteMetrics> route_metrics_;  ///< beside routes(); the last is for requests without a route
};

}  // namespace byline::http
