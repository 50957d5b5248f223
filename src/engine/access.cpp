#include "engine/access.hpp"

#include <algorithm>

namespace byline {

std::optional<Principal> find_principal(const Reader& reader, const OrganizationId& organization,
                                        const AccountId& account) {
  auto row = find_account(reader, organization, account);
  auto home = find_organization(reader, organization);
  if (!row || !home || row->status == AccountStatus::deleted) return std::nullopt;
  Principal principal{account,
                      organization,
                      row->kind,
                      row->status == AccountStatus::active,
                      home->plan == Plan::enterprise,
                      {},
                      teams_of(reader, organization, account)};
  for (const auto& id : row->roles) {
    if (auto role = find_role(reader, organization, id)) principal.access.unite(role->permissions);
  }
  return principal;
}

std::shared_ptr<const Collection> find_collection(const Reader& reader, const OrganizationId& organization,
                                                  std::string_view service, std::string_view name) {
  auto key = collection_key(service, name);
  if (const auto* found = find_default_collection(key)) return {std::shared_ptr<void>(), found};
  auto id = own_collection_at(reader, organization, key);
  auto row = id ? find_own_collection(reader, organization, *id) : std::nullopt;
  if (!row) return nullptr;
  return std::make_shared<Collection>(row->service, row->name, key, std::move(row->permissions));
}

std::optional<RecordAccess> find_record_access(const Reader& reader, const OrganizationId& organization,
                                               const Collection& collection, const RecordId& id) {
  auto row = find_access(reader, organization, id).value_or(AccessRow{});
  // Every record of the collection stands in one of these indexes.
  auto grantee = !row.accounts.empty() ? row.accounts.front().view()
                 : !row.teams.empty()  ? row.teams.front().view()
                                       : std::string_view();
  auto place = row.has_list() ? granted_records_prefix(organization, grantee, collection.key)
                              : open_records_prefix(organization, collection.key);
  if (!reader.get(View::access, place + std::string(id.view()))) return std::nullopt;
  return to_record_access(std::move(row));
}

RecordAccess to_record_access(AccessRow row) {
  RecordAccess access{row.assignee.value_or(AccountId{}), {std::move(row.accounts), std::move(row.teams)}};
  std::ranges::sort(access.list.accounts);
  std::ranges::sort(access.list.teams);
  return access;
}

}  // namespace byline
