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

std::shared_ptr<const Collection> AsOf::collection(const std::shared_ptr<const Collection>& now) const {
  auto id = at_ ? own_collection_at(reader_, organization_, now->key) : std::nullopt;
  if (!id) return now;
  auto rows = fold_subject(reader_, View::collections, organization_, id->view(),
                           [this](const LogEntry& entry) { return entry.at <= *at_; });
  auto bytes = rows.get(collection_row_key(organization_, *id));
  if (!bytes) return nullptr;
  auto row = parse_collection_row(*bytes);
  return std::make_shared<Collection>(row.service, row.name, now->key, std::move(row.permissions));
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

namespace {

/// What held right before a position, by what holds from others on.
template <class Value>
Value value_before(const std::vector<std::pair<Position, Value>>& changes, Position position) {
  auto after = std::ranges::lower_bound(changes, position, {}, &std::pair<Position, Value>::first);
  return after == changes.begin() ? Value{} : std::prev(after)->second;
}

}  // namespace

RecordAccess AccessHistories::before(const RecordId& id, Position position) {
  return value_before(history_of(id), position);
}

Level AccessHistories::level_needed_before(const RecordId& id, const AccountId& account, Position position) {
  auto access = before(id, position);
  std::vector<TeamId> teams;
  for (const auto& team : access.list.teams) {
    auto members = value_before(members_of(team), position);
    if (std::ranges::find(members, account) != members.end()) teams.push_back(team);
  }
  return level_needed(access, account, teams);
}

const AccessHistories::History& AccessHistories::history_of(const RecordId& id) {
  auto [found, fresh] = histories_.try_emplace(id);
  if (!fresh) return found->second;
  RecordAccess access;
  auto prefix = audit_subject_prefix(organization_, id.view());
  auto cursor = reader_.scan(View::audit, prefix, {}, Direction::forward);
  for (; cursor->valid(); cursor->next()) {
    auto entry = reader_.entry(position_at_end(cursor->key()));
    ++read_;
    if (!entry) continue;
    if (auto* assigned = std::get_if<RecordAssigned>(&entry->event)) {
      access.assignee = assigned->assignee.value_or(AccountId{});
    } else if (auto* changed = std::get_if<RecordAccessListChanged>(&entry->event)) {
      access = to_record_access({access.assignee, changed->accounts, changed->teams});
    } else {
      continue;
    }
    found->second.emplace_back(entry->position, access);
  }
  return found->second;
}

const AccessHistories::Members& AccessHistories::members_of(const TeamId& id) {
  auto [found, fresh] = teams_.try_emplace(id);
  if (!fresh) return found->second;
  auto cursor =
      reader_.scan(View::audit, audit_subject_prefix(organization_, id.view()), {}, Direction::forward);
  for (; cursor->valid(); cursor->next()) {
    auto entry = reader_.entry(position_at_end(cursor->key()));
    ++read_;
    if (!entry) continue;
    if (auto* created = std::get_if<TeamCreated>(&entry->event)) {
      found->second.emplace_back(entry->position, created->members);
    } else if (auto* changed = std::get_if<TeamMembersChanged>(&entry->event)) {
      found->second.emplace_back(entry->position, changed->members);
    } else if (std::holds_alternative<TeamDeleted>(entry->event)) {
      found->second.emplace_back(entry->position, std::vector<AccountId>());
    }
  }
  return found->second;
}

}  // namespace byline
