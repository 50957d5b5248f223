#include "http/guard.hpp"

#include "domain/rules.hpp"

namespace byline::http {

std::optional<Response> require(const Call& call, Area area, Operation operation) {
  if (call.principal.access.at(area, operation) == Level::all) return std::nullopt;
  return reply_rejection(Rejection{{Problem{Code::permission_missing, {}, permission_name(area, operation)}}},
                         nullptr);
}

Response reply_not_found() { return reply_rejection(Rejection{{Problem{Code::not_found, {}, {}}}}, nullptr); }

}  // namespace byline::http
