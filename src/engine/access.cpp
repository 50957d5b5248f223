#include "engine/access.hpp"

namespace byline {

std::optional<Principal> find_principal(const Reader& reader, const OrganizationId& organization,
                                        const AccountId& account) {
  auto row = find_account(reader, organization, account);
  auto home = find_organization(reader, organization);
  if (!row || !home || row->status == AccountStatus::deleted) return std::nullopt;
  Principal principal{
      account, organization, row->kind, row->status == AccountStatus::active, home->plan == Plan::enterprise,
      {}};
  for (const auto& id : row->roles) {
    if (auto role = find_role(reader, organization, id)) principal.access.unite(role->permissions);
  }
  return principal;
}

}  // namespace byline
