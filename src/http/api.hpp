#pragma once

#include <memory>
#include <vector>

#include "http/authentication.hpp"
#include "http/call.hpp"
#include "http/route.hpp"
#include "http/server/message.hpp"

namespace byline::http {

/// The API as a whole: finds the route, lets the caller in, runs the handler, and writes one line of log and
/// the metrics for every request.
class Api final : public Handler {
 public:
  Api(const Services& services, std::span<const Route> routes);
  ~Api() override;

  std::expected<std::uint64_t, Response> admit(const Request& request) override;
  Awaitable<Response> handle(const Request& request) override;
  Response refuse(unsigned status, std::string_view code, std::string_view detail,
                  std::string_view request_id) override;

 private:
  Response reply_failure(const std::exception& error, std::string_view request_id) const;
  std::expected<void, Response> enter(Call& call, Proofs proofs) const;
  Awaitable<Response> dispatch(Call& call);
  void count_uses(const Call& call);
  void note_refusal(const Call& call);
  void account_for(const Call& call, const Response& response, double seconds);

  const Services& services_;
  const std::span<const Route> routes_;
  std::vector<RouteMetrics> route_metrics_;  ///< beside the routes; the last is for requests without one
};

}  // namespace byline::http
