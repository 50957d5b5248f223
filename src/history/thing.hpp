#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>

#include "engine/reader.hpp"
#include "history/sentence.hpp"

namespace byline::history {

using Json = nlohmann::ordered_json;

/// What a subject is according to the rows: its own attributes, with roles, accounts and teams by name, and
/// who signed it. nullopt where there is no such thing, or no longer.
///
/// Users, applications, roles, teams, collections, organizations, records and credentials are things; what
/// was seen of them is not.
std::optional<Json> thing_of(const Reader& reader, const OrganizationId& organization,
                             const Subject& subject);

/// The same with ids in the place of names: so that something else's new name is no difference.
std::optional<Json> thing_by_ids(const Reader& reader, const OrganizationId& organization,
                                 const Subject& subject);
/// Puts names in the place of ids, but in a record's own attributes.
Json with_names(Json json, const Known& known);

/// Every subject of the organization that is a thing, in the order of kinds and ids, with it. False where
/// `each` wanted no more.
bool for_each_thing(const Reader& reader, const OrganizationId& organization,
                    const std::function<bool(const Subject&, const Json&)>& each);

/// The members in which two things differ: name → {"before": …, "after": …}. Who signed them is left out.
Json difference(const std::optional<Json>& before, const std::optional<Json>& after);

}  // namespace byline::history
