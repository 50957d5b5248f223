#pragma once

#include <span>
#include <string>
#include <string_view>

#include "events/collection.hpp"

namespace byline {

/// A kind of records that the API serves under `/{service}/{name}`.
struct Collection {
  std::string service;
  std::string name;
  std::string key;  ///< `service/name`, as events have it
  RequiredPermissions permissions;

  friend bool operator==(const Collection&, const Collection&) = default;
};

/// `service/name`.
std::string collection_key(std::string_view service, std::string_view name);

/// The collections that every organization has, and what each operation on them needs: the one table of it.
std::span<const Collection> default_collections();
/// nullptr where no default collection has this key.
const Collection* find_default_collection(std::string_view key);

/// The lowest of the levels in the areas that the operation needs: what the account may do there.
Level level_in(const Collection& collection, Operation operation, const PermissionMatrix& access);

}  // namespace byline
