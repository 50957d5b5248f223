#pragma once

#include <vector>

#include "engine/as_of.hpp"

namespace byline {

/// The permissions that doing this took, at the levels that the record asked for when it was done; what its
/// collection demands is today's. Empty for what needs none, such as an event that follows from
/// another.
std::vector<Permission> permissions_exercised(const Reader& reader, AccessHistories& histories,
                                              const LogEntry& entry);

/// Those of them that somebody with this access would not have.
std::vector<Permission> beyond(const std::vector<Permission>& exercised, const PermissionMatrix& access);

}  // namespace byline
