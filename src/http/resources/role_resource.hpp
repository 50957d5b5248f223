#pragma once

#include <vector>

#include "http/call.hpp"
#include "http/document.hpp"
#include "http/resource_reply.hpp"

namespace byline::http {

/// The `roles` relationship of an account.
RelationshipValue roles_relationship(const std::vector<RoleId>& roles);

/// A matrix as callers write it, with a problem for every cell that cannot be read.
PermissionMatrix read_permissions(const nlohmann::json& json, Document& document);

/// Includes the roles that resources point to, where the caller may see roles; nothing otherwise.
IncludeResources include_roles(const Call& call);

}  // namespace byline::http
