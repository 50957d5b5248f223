#include "domain/collection.hpp"

#include <algorithm>

namespace byline {
namespace {

constexpr std::array kPeople = {Area::people};
constexpr std::array kCases = {Area::engage, Area::people};
constexpr std::array kIntake = {Area::intake};
constexpr std::array kProviders = {Area::provider_management};
constexpr std::array kEngage = {Area::engage};

constexpr std::array kCollections = {
    Collection{"people", "people", "people/people", kPeople},
    Collection{"cases", "cases", "cases/cases", kCases},
    Collection{"intake", "reports", "intake/reports", kIntake},
    Collection{"providers", "providers", "providers/providers", kProviders},
    Collection{"services", "services", "services/services", kEngage},
    Collection{"attachments", "notes", "attachments/notes", kPeople},
};

}  // namespace

std::span<const Collection> collections() { return kCollections; }

const Collection* find_collection(std::string_view service, std::string_view name) {
  auto found = std::ranges::find_if(
      kCollections, [&](const Collection& c) { return c.service == service && c.name == name; });
  return found == kCollections.end() ? nullptr : found;
}

Level level_in(const Collection& collection, Operation operation, const PermissionMatrix& access) {
  Level level = Level::all;
  for (Area area : collection.areas) level = std::min(level, access.at(area, operation));
  return level;
}

}  // namespace byline
