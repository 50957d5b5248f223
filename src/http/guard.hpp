#pragma once

#include <optional>

#include "http/call.hpp"
#include "http/reply.hpp"
#include "http/resource_query.hpp"

namespace byline::http {

// What handlers ask before they work. An answer that is there is the call's answer.

/// Whether the caller's roles give `operation` in `area`; it does not count as a use.
bool has(const Call& call, Area area, Operation operation);

/// The caller's roles must give `operation` in `area`. Commands are asked the same again when they are
/// decided; here it spares reading what is refused anyway.
std::optional<Response> require(const Call& call, Area area, Operation operation);

/// The area that accounts of this kind are administered in.
Area area_of(SubjectKind kind);

/// The caller must be permitted to see accounts of this kind; of both where there is no such account, or who
/// sees one kind only would be told whether one of the other is there.
std::optional<Response> require_to_see(const Call& call, std::optional<SubjectKind> kind);

Response reply_not_found();

/// The id in the path; an id that cannot be one is a resource that is not there.
template <class I>
std::optional<I> path_id(const Call& call, std::size_t parameter = 0) {
  return parse_id<I>(call.parameters[parameter]);
}

/// The position in the path, likewise.
std::optional<Position> path_position(const Call& call);

}  // namespace byline::http
