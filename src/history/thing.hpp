#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "engine/reader.hpp"

namespace byline::history {

using Json = nlohmann::ordered_json;

/// What a subject is according to the rows: its own attributes, with roles, accounts and teams by name, and
/// who signed it. nullopt where there is no such thing, or no longer.
///
/// Users, applications, roles, teams, collections, organizations, records and credentials are things; what
/// was seen of them is not.
std::optional<Json> thing_of(const Reader& reader, const OrganizationId& organization,
                             const Subject& subject);

/// Every subject of the organization that is a thing, in the order of kinds and ids, with it.
void for_each_thing(const Reader& reader, const OrganizationId& organization,
                    const std::function<bool(const Subject&, const Json&)>& each);

/// The members in which two things differ: name → {"before": …, "after": …}. Who signed them is left out.
Json difference(const std::optional<Json>& before, const std::optional<Json>& after);

}  // namespace byline::history
