#pragma once

#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "events/permission.hpp"

namespace byline {

/// A kind of records that the API serves under `/{service}/{name}`.
struct Collection {
  std::string_view service;
  std::string_view name;
  std::string_view key;  ///< `service/name`, as events have it
  /// The areas in which an operation's permission is needed, every one of them: creating a case needs
  /// engage:create and people:create.
  std::span<const Area> areas;
};

std::span<const Collection> collections();
/// nullptr where there is no such collection.
const Collection* find_collection(std::string_view service, std::string_view name);

/// The lowest of the levels in the collection's areas: what the account may do there.
Level level_in(const Collection& collection, Operation operation, const PermissionMatrix& access);

}  // namespace byline
