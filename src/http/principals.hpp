#pragma once

#include <memory>

#include "engine/access.hpp"
#include "http/call.hpp"

namespace byline::http {

/// What `find_principal` finds, remembered by each thread until somebody's access changes; nullptr where
/// there is no such account, or the storage cannot be read right now.
std::shared_ptr<const Principal> principal_of(const Services& services, const OrganizationId& organization,
                                              const AccountId& account);

}  // namespace byline::http
