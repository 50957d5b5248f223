#pragma once

#include <span>

#include "events/permission.hpp"

namespace byline {

/// The levels that exist in an area, in rising order; `none` first.
std::span<const Level> levels_of(Area area);
bool is_possible(Area area, Level level);
/// The lowest level of the area that gives at least this one.
Level possible_at_least(Area area, Level level);

}  // namespace byline
