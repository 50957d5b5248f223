#pragma once

#include <vector>

#include "engine/access.hpp"

namespace byline {

/// The permissions that doing this took, at the levels that the record asked for when it was done. Empty for
/// what needs none, such as an event that follows from another.
std::vector<Permission> permissions_exercised(const Reader& reader, const LogEntry& entry);

/// Those of them that somebody with this access would not have.
std::vector<Permission> beyond(const std::vector<Permission>& exercised, const PermissionMatrix& access);

}  // namespace byline
