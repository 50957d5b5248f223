#include "http/resources/account_resource.hpp"

#include <algorithm>
#include <set>

#include "http/resources/resources.hpp"

namespace byline::http {
namespace {

std::optional<Resource> find(const Reader& reader, const OrganizationId& organization,
                             const Identifier& identifier) {
  Resource shown;
  shown.type = identifier.type;
  shown.id = identifier.id;
  if (identifier.type == kTeams.type) {
    auto team = find_team(reader, organization, *parse_id<TeamId>(identifier.id));
    if (!team) return std::nullopt;
    shown.attributes = {{"name", team->name}};
  } else {
    auto account = find_account(reader, organization, *parse_id<AccountId>(identifier.id));
    if (!account) return std::nullopt;
    shown.attributes = {{"name", account->name},
                        {"kind", std::string(name_of(account->kind))},
                        {"status", std::string(name_of(account->status))}};
  }
  return shown;
}

}  // namespace

IncludeResources include_accounts(const Call& call) {
  return [organization = call.organization()](const Reader& reader, const ResourceQuery& query,
                                              std::span<const Resource> resources) {
    std::set<std::string_view> seen;
    std::vector<Resource> included;
    for (const auto& resource : resources) {
      for (const auto& relationship : resource.relationships) {
        if (std::ranges::find(query.include, relationship.name) == query.include.end()) continue;
        for (const auto& identifier : relationship.to) {
          if (!seen.insert(identifier.id).second) continue;
          if (auto found = find(reader, organization, identifier)) included.push_back(std::move(*found));
        }
      }
    }
    return included;
  };
}

}  // namespace byline::http
