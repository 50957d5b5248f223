#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace byline {

// The numbers of these enumerations are kept on disk in counts of uses: new ones are added at the end.

/// The parts of an organization's records and administration that a role speaks about.
enum class Area : std::uint8_t {
  admin_applications,
  admin_users,
  admin_roles,
  admin_organization,
  admin_audit,
  admin_projections,
  people,
  engage,
  intake,
  provider_management,
  portal,
  provider_portal,
  reporting,
};
inline constexpr std::size_t kAreaCount = 13;

enum class Operation : std::uint8_t { view, edit, create, remove };
inline constexpr std::size_t kOperationCount = 4;

/// How far a permission reaches, in rising order.
enum class Level : std::uint8_t {
  none,
  assignments,  ///< records assigned to the account
  limited,      ///< records whose access list names the account or its team, and records without such a list
  all,
};
inline constexpr std::size_t kLevelCount = 4;

/// Text forms, in the log and in the API: `admin.applications`, `people` …; `view`, `edit`, `create`,
/// `delete`; `none`, `assignments`, `limited`, `all`.
std::string_view name_of(Area area);
std::string_view name_of(Operation operation);
std::string_view name_of(Level level);
std::optional<Area> area_named(std::string_view name);
std::optional<Operation> operation_named(std::string_view name);
std::optional<Level> level_named(std::string_view name);

/// One cell of a matrix.
struct Permission {
  Area area;
  Operation operation;
  Level level;
  friend bool operator==(const Permission&, const Permission&) = default;
};

/// Cells of a matrix, whatever their levels.
class PermissionSet {
 public:
  void insert(Area area, Operation operation) { bits_ |= bit(area, operation); }
  bool contains(Area area, Operation operation) const { return (bits_ & bit(area, operation)) != 0; }

  friend bool operator==(const PermissionSet&, const PermissionSet&) = default;

 private:
  static_assert(kAreaCount * kOperationCount <= 64);
  static std::uint64_t bit(Area area, Operation operation) {
    return std::uint64_t{1} << (static_cast<std::size_t>(area) * kOperationCount +
                                static_cast<std::size_t>(operation));
  }
  std::uint64_t bits_ = 0;
};

/// area × operation → level.
class PermissionMatrix {
 public:
  Level at(Area area, Operation operation) const { return cells_[index(area, operation)]; }
  void set(Area area, Operation operation, Level level) { cells_[index(area, operation)] = level; }

  /// The union, the higher level winning: what an account with several roles may do.
  void unite(const PermissionMatrix& other);
  /// Keeps the cells of the set, and sets the others to none.
  void keep(const PermissionSet& kept);
  /// True where no cell of `other` is higher than ours.
  bool covers(const PermissionMatrix& other) const;

  friend bool operator==(const PermissionMatrix&, const PermissionMatrix&) = default;

 private:
  static std::size_t index(Area area, Operation operation) {
    return static_cast<std::size_t>(area) * kOperationCount + static_cast<std::size_t>(operation);
  }
  std::array<Level, kAreaCount * kOperationCount> cells_{};
};

/// Calls `visit(area, operation, level)` for every cell above `none`, in the order of the enumerations.
template <class Visit>
void for_each_permission(const PermissionMatrix& matrix, Visit&& visit) {
  for (std::size_t a = 0; a < kAreaCount; ++a) {
    for (std::size_t o = 0; o < kOperationCount; ++o) {
      auto area = static_cast<Area>(a);
      auto operation = static_cast<Operation>(o);
      if (Level level = matrix.at(area, operation); level != Level::none) visit(area, operation, level);
    }
  }
}

}  // namespace byline
