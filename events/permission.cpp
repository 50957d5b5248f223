#include "events/permission.hpp"

#include <algorithm>

#include "events/name_table.hpp"

namespace byline {
namespace {

constexpr std::array<std::string_view, kAreaCount> kAreas = {"admin.applications",
                                                             "admin.users",
                                                             "admin.roles",
                                                             "admin.organization",
                                                             "admin.audit",
                                                             "admin.projections",
                                                             "people",
                                                             "engage",
                                                             "intake",
                                                             "provider_management",
                                                             "portal",
                                                             "provider_portal",
                                                             "reporting"};
constexpr std::array<std::string_view, kOperationCount> kOperations = {"view", "edit", "create", "delete"};
constexpr std::array<std::string_view, kLevelCount> kLevels = {"none", "assignments", "limited", "all"};

}  // namespace

std::string_view name_of(Area area) { return kAreas[static_cast<std::size_t>(area)]; }
std::string_view name_of(Operation operation) { return kOperations[static_cast<std::size_t>(operation)]; }
std::string_view name_of(Level level) { return kLevels[static_cast<std::size_t>(level)]; }
std::optional<Area> area_named(std::string_view name) { return find_named<Area>(kAreas, name); }
std::optional<Operation> operation_named(std::string_view name) {
  return find_named<Operation>(kOperations, name);
}
std::optional<Level> level_named(std::string_view name) { return find_named<Level>(kLevels, name); }

void PermissionMatrix::unite(const PermissionMatrix& other) {
  for (std::size_t i = 0; i < cells_.size(); ++i) cells_[i] = std::max(cells_[i], other.cells_[i]);
}

void PermissionMatrix::keep(const PermissionSet& kept) {
  for (std::size_t area = 0; area < kAreaCount; ++area) {
    for (std::size_t operation = 0; operation < kOperationCount; ++operation) {
      if (!kept.contains(static_cast<Area>(area), static_cast<Operation>(operation)))
        set(static_cast<Area>(area), static_cast<Operation>(operation), Level::none);
    }
  }
}

bool PermissionMatrix::covers(const PermissionMatrix& other) const {
  return std::ranges::equal(cells_, other.cells_, [](Level ours, Level theirs) { return ours >= theirs; });
}

}  // namespace byline
