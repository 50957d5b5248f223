#include "engine/access.hpp"

#include <algorithm>

namespace byline {

std::optional<Principal> find_principal(const Reader& reader, const OrganizationId& organization,
                                        const AccountId& account) {
  auto row = find_account(reader, organization, account);
  auto home = find_organization(reader, organization);
  if (!row || !home || row->is_gone()) return std::nullopt;
  Principal principal{account,
                      organization,
                      row->kind,
                      row->status == AccountStatus::active,
                      home->plan == Plan::enterprise,
                      {},
                      teams_of(reader, organization, account),
                      row->name,
                      {},
                      {},
                      {},
                      {}};
  for (const auto& id : row->roles) {
    if (auto role = find_role(reader, organization, id)) principal.access.unite(role->permissions);
  }
  auto application =
      row->kind == SubjectKind::application ? find_application(reader, organization, account) : std::nullopt;
  if (!application) return principal;
  principal.expires_at = application->expires_at;
  for (const auto& text : application->networks) {
    if (auto network = parse_network(text)) principal.networks.push_back(*network);
  }
  principal.token_lifetime = application->token_lifetime;
  principal.rate_limit = application->rate_limit;
  return principal;
}

std::shared_ptr<const Collection> find_collection(const Reader& reader, const OrganizationId& organization,
                                                  std::string_view key) {
  if (const auto* found = find_default_collection(key)) return {std::shared_ptr<void>(), found};
  auto id = own_collection_at(reader, organization, key);
  auto row = id ? find_own_collection(reader, organization, *id) : std::nullopt;
  if (!row) return nullptr;
  return std::make_shared<Collection>(row->service, row->name, std::string(key), std::move(row->permissions));
}

std::optional<RecordAccess> find_record_access(const Reader& reader, const OrganizationId& organization,
                                               const Collection& collection, const RecordId& id) {
  auto key = access_key(organization, id);
  for (auto bytes = reader.get(View::access, key);;) {
    auto row = bytes ? parse_access_row(*bytes) : AccessRow{};
    // Every record of the collection stands in one of these indexes.
    auto grantee = !row.accounts.empty() ? row.accounts.front().view()
                   : !row.teams.empty()  ? row.teams.front().view()
                                         : std::string_view();
    auto place = row.has_list() ? granted_records_prefix(organization, grantee, collection.key)
                                : open_records_prefix(organization, collection.key);
    if (reader.get(View::access, place + std::string(id.view()))) return to_record_access(std::move(row));
    // It is not there, or its list was changed between the two reads.
    auto again = reader.get(View::access, key);
    if (again == bytes) return std::nullopt;
    bytes = std::move(again);
  }
}

RecordAccess to_record_access(AccessRow row) {
  RecordAccess access{row.assignee.value_or(AccountId{}), {std::move(row.accounts), std::move(row.teams)}};
  std::ranges::sort(access.list.accounts);
  std::ranges::sort(access.list.teams);
  return access;
}

}  // namespace byline
