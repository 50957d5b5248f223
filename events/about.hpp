#pragma once

#include <optional>
#include <string>

#include "events/event.hpp"

namespace byline {

// What an event says of more than its subject, whatever its type.

/// The key of the collection, of what was done to a record; nullptr of everything else.
const std::string* collection_of(const Event& event);

/// Whose credential, token, session or attempt it is about; nullopt where that is nobody, or not said.
std::optional<AccountId> account_of(const Event& event);

}  // namespace byline
