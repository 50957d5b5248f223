#include "engine/as_of.hpp"

#include <algorithm>

#include "projections/audit.hpp"
#include "projections/key.hpp"
#include "projections/memory_rows.hpp"

namespace byline {
namespace {

/// Folds a subject's events into rows of one view, as long as `goes_on(entry)`.
template <class GoesOn>
MemoryRows fold_subject(const Reader& reader, View view, const OrganizationId& organization,
                        std::string_view subject_id, GoesOn goes_on) {
  const auto& projection = *projections()[static_cast<std::size_t>(view)];
  MemoryRows rows;
  auto prefix = audit_subject_prefix(organization, subject_id);
  auto cursor = reader.scan(View::audit, prefix, {}, Direction::forward);
  for (; cursor->valid(); cursor->next()) {
    auto entry = reader.entry(position_at_end(cursor->key()));
    if (!entry || !goes_on(*entry)) break;
    projection.apply(*entry, rows);
  }
  return rows;
}

}  // namespace

std::optional<AccountRow> AsOf::account(const AccountId& id) {
  std::optional<AccountRow> row;
  if (!at_) {
    row = find_account(reader_, organization_, id);
  } else {
    auto rows = fold_subject(reader_, View::accounts, organization_, id.view(),
                             [this](const LogEntry& entry) { return entry.at <= *at_; });
    if (auto bytes = rows.get(account_key(organization_, id))) row = parse_account_row(*bytes);
  }
  if (row && row->status == AccountStatus::deleted) return std::nullopt;
  return row;
}

const std::optional<RoleRow>& AsOf::role(const RoleId& id) {
  auto [found, fresh] = roles_.try_emplace(id);
  if (!fresh) return found->second;
  if (!at_) {
    found->second = find_role(reader_, organization_, id);
  } else {
    auto rows = fold_subject(reader_, View::roles, organization_, id.view(),
                             [this](const LogEntry& entry) { return entry.at <= *at_; });
    if (auto bytes = rows.get(role_key(organization_, id))) found->second = parse_role_row(*bytes);
  }
  return found->second;
}

bool AsOf::licensed() {
  if (licensed_) return *licensed_;
  std::optional<OrganizationRow> row;
  if (!at_) {
    row = find_organization(reader_, organization_);
  } else {
    auto rows = fold_subject(reader_, View::organizations, organization_, organization_.view(),
                             [this](const LogEntry& entry) { return entry.at <= *at_; });
    if (auto bytes = rows.get(organization_key(organization_))) row = parse_organization_row(*bytes);
  }
  licensed_ = row && row->plan == Plan::enterprise;
  return *licensed_;
}

PermissionMatrix AsOf::access_of(const AccountRow& account) {
  PermissionMatrix access;
  bool acts = account.status == AccountStatus::active && (account.kind == SubjectKind::user || licensed());
  if (!acts) return access;
  for (const auto& id : account.roles) {
    if (const auto& held = role(id)) access.unite(held->permissions);
  }
  return access;
}

RecordAccess record_access_before(const Reader& reader, const OrganizationId& organization,
                                  const RecordId& id, Position position) {
  auto rows = fold_subject(reader, View::access, organization, id.view(),
                           [position](const LogEntry& entry) { return entry.position < position; });
  auto bytes = rows.get(access_key(organization, id));
  return bytes ? to_record_access(parse_access_row(*bytes)) : RecordAccess{};
}

}  // namespace byline
