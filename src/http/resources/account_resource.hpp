#pragma once

#include "http/call.hpp"
#include "http/resource_reply.hpp"

namespace byline::http {

// Accounts and teams as anybody in the organization may see them who sees what points to them: by name.

/// Includes the accounts and teams that the relationships asked for lead to.
IncludeResources include_accounts(const Call& call);

}  // namespace byline::http
