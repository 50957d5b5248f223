#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "events/permission.hpp"

namespace byline {

/// A role that every organization has from the start.
struct DefaultRole {
  std::string_view key;  ///< stands in the log as `default_key`
  std::string_view name;
  PermissionMatrix permissions;
  bool locked;                  ///< cannot be edited or copied
  bool of_first_administrator;  ///< given to the first administrator, who thereby may give every role
};

inline constexpr std::size_t kDefaultRoleCount = 14;

std::span<const DefaultRole, kDefaultRoleCount> default_roles();
/// nullptr for a key that no default role has.
const DefaultRole* find_default_role(std::string_view key);
/// Whether the role with this key, if it has one, cannot be edited or copied.
bool is_locked(const std::optional<std::string>& default_key);

}  // namespace byline
