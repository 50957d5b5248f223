#include "domain/levels.hpp"

#include <algorithm>
#include <array>

namespace byline {
namespace {

using enum Level;

/// The levels between none and all exist only where records have assignees and access lists.
constexpr std::array kOfRecords = {none, assignments, limited, all};
constexpr std::array kAllOrNone = {none, all};

}  // namespace

std::span<const Level> levels_of(Area area) {
  switch (area) {
    case Area::people:
    case Area::engage:
    case Area::intake:
    case Area::provider_management:
      return kOfRecords;
    case Area::admin_applications:
    case Area::admin_users:
    case Area::admin_roles:
    case Area::admin_organization:
    case Area::admin_audit:
    case Area::admin_projections:
    case Area::portal:
    case Area::provider_portal:
    case Area::reporting:
      return kAllOrNone;
  }
  return kAllOrNone;
}

bool is_possible(Area area, Level level) {
  return std::ranges::find(levels_of(area), level) != levels_of(area).end();
}

Level possible_at_least(Area area, Level level) {
  auto levels = levels_of(area);
  return *std::ranges::find_if(levels, [level](Level possible) { return possible >= level; });
}

}  // namespace byline
