#pragma once

#include <optional>
#include <string>

#include "events/field.hpp"

namespace byline {

/// `default_key` is set on the roles that every organization has from the start (`intake_worker` …),
/// `copied_from` on those that began as a copy (since form 2).
struct RoleCreated {
  static constexpr EventType kType{"RoleCreated", 2, SubjectKind::role};
  std::string name;
  PermissionMatrix permissions;
  std::optional<std::string> default_key;
  std::optional<RoleId> copied_from;

  static void fields(auto& self, auto&& field) {
    field("name", self.name);
    field("permissions", self.permissions);
    field("default_key", self.default_key);
    field("copied_from", self.copied_from);
  }
  friend bool operator==(const RoleCreated&, const RoleCreated&) = default;
};

struct RoleRenamed {
  static constexpr EventType kType{"RoleRenamed", 1, SubjectKind::role};
  std::string name;

  static void fields(auto& self, auto&& field) { field("name", self.name); }
  friend bool operator==(const RoleRenamed&, const RoleRenamed&) = default;
};

/// The whole new matrix. It holds at once for every account that has the role.
struct RolePermissionsChanged {
  static constexpr EventType kType{"RolePermissionsChanged", 1, SubjectKind::role};
  PermissionMatrix permissions;

  static void fields(auto& self, auto&& field) { field("permissions", self.permissions); }
  friend bool operator==(const RolePermissionsChanged&, const RolePermissionsChanged&) = default;
};

struct RoleDeleted {
  static constexpr EventType kType{"RoleDeleted", 1, SubjectKind::role};

  static void fields(auto&, auto&&) {}
  friend bool operator==(const RoleDeleted&, const RoleDeleted&) = default;
};

}  // namespace byline
