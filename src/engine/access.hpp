#pragma once

#include <cstdint>
#include <optional>

#include "engine/reader.hpp"
#include "events/permission.hpp"

namespace byline {

/// An account with what it may do, as of one moment.
struct Principal {
  AccountId account;
  OrganizationId organization;
  SubjectKind kind = SubjectKind::user;
  bool active = false;
  bool licensed = false;  ///< the organization's plan includes the API
  PermissionMatrix access;
};

/// From the views; nullopt where there is no such account in the organization.
std::optional<Principal> find_principal(const Reader& reader, const OrganizationId& organization,
                                        const AccountId& account);

}  // namespace byline
