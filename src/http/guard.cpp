#include "http/guard.hpp"

#include "domain/rules.hpp"

namespace byline::http {

std::optional<Response> require(const Call& call, Area area, Operation operation) {
  auto held = call.principal.access.at(area, operation);
  if (held == Level::all) {
    note_use(call, {area, operation, Level::all});
    return std::nullopt;
  }
  return reply_rejection(Rejection{{missing_permission({area, operation, Level::all}, held)}}, nullptr);
}

void note_use(const Call& call, const Permission& permission) {
  call.services.engine.note_use(call.organization(), call.principal.account, permission);
}

Response reply_not_found() { return reply_rejection(Rejection{{Problem{Code::not_found, {}, {}}}}, nullptr); }

}  // namespace byline::http
