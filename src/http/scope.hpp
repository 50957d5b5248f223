#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "events/permission.hpp"

namespace byline::http {

// The scope of a token: permissions by name, with a space between two (RFC 6749 §3.3): `intake:view
// people:create`.

/// nullopt where the text is none, or names a permission that does not exist.
std::optional<PermissionSet> read_scope(std::string_view text);

/// All that the matrix gives, at whatever level.
std::string scope_of(const PermissionMatrix& access);

/// The first name of `scope` whose permission the matrix does not give; empty where it gives all.
std::string first_beyond(const PermissionSet& scope, const PermissionMatrix& access);

}  // namespace byline::http
