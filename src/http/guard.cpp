#include "http/guard.hpp"

#include <charconv>

#include "domain/rules.hpp"

namespace byline::http {

bool has(const Call& call, Area area, Operation operation) {
  return call.principal.access.at(area, operation) == Level::all;
}

std::optional<Response> require(const Call& call, Area area, Operation operation) {
  auto held = call.principal.access.at(area, operation);
  if (held == Level::all) {
    call.uses.push_back({area, operation, Level::all});
    return std::nullopt;
  }
  return reply_rejection(Rejection{{missing_permission({area, operation, Level::all}, held)}}, nullptr);
}

Area area_of(SubjectKind kind) {
  return kind == SubjectKind::user ? Area::admin_users : Area::admin_applications;
}

std::optional<Response> require_to_see(const Call& call, std::optional<SubjectKind> kind) {
  for (auto one : {SubjectKind::user, SubjectKind::application}) {
    if (kind && kind != one) continue;
    if (auto refused = require(call, area_of(one), Operation::view)) return refused;
  }
  return std::nullopt;
}

Response reply_not_found() { return reply_rejection(Rejection{{Problem{Code::not_found, {}, {}}}}, nullptr); }

std::optional<Position> path_position(const Call& call) {
  auto text = call.parameters[0];
  Position position;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), position.value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return position;
}

}  // namespace byline::http
