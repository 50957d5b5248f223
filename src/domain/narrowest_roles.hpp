#pragma once

#include <optional>
#include <span>
#include <vector>

#include "events/permission.hpp"

namespace byline {

/// The places in `roles` of those, three at most, that together give what is needed and as little else as
/// possible; fewer of them where it comes to the same. nullopt where no three give it.
std::optional<std::vector<std::size_t>> narrowest_roles(std::span<const PermissionMatrix> roles,
                                                        const PermissionMatrix& needed);

}  // namespace byline
