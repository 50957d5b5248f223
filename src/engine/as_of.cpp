#include "engine/as_of.hpp"

#include <algorithm>

#include "engine/past_reader.hpp"
#include "projections/audit.hpp"
#include "projections/key.hpp"

namespace byline {
namespace {

/// The subject's entries, in order, for as long as `each(entry)` is true.
template <class Each>
void for_each_entry_of(const Reader& reader, const OrganizationId& organization, std::string_view subject_id,
                       Each each) {
  auto cursor =
      reader.scan(View::audit, audit_subject_prefix(organization, subject_id), {}, Direction::forward);
  for (; cursor->valid(); cursor->next()) {
    auto entry = reader.entry(position_at_end(cursor->key()));
    if (!entry || !each(*entry)) return;
  }
}

/// What held right before a position, by what holds from others on.
template <class Value>
Value value_before(const std::vector<std::pair<Position, Value>>& changes, Position position) {
  auto after = std::ranges::lower_bound(changes, position, {}, &std::pair<Position, Value>::first);
  return after == changes.begin() ? Value{} : std::prev(after)->second;
}

}  // namespace

std::optional<std::string> AsOf::row(View view, std::string_view key) const {
  if (!at_) return reader_.get(view, key);
  return PastReader(reader_, organization_, [this](const LogEntry& entry) { return entry.at <= *at_; })
      .get(view, key);
}

std::optional<AccountRow> AsOf::account(const AccountId& id) {
  auto bytes = row(View::accounts, account_key(organization_, id));
  if (!bytes) return std::nullopt;
  auto found = parse_account_row(*bytes);
  return found.is_gone() ? std::nullopt : std::optional(std::move(found));
}

const std::optional<RoleRow>& AsOf::role(const RoleId& id) {
  auto [found, fresh] = roles_.try_emplace(id);
  if (!fresh) return found->second;
  if (auto bytes = row(View::roles, role_key(organization_, id))) found->second = parse_role_row(*bytes);
  return found->second;
}

std::shared_ptr<const Collection> AsOf::collection(const std::shared_ptr<const Collection>& now) const {
  auto id = at_ ? own_collection_at(reader_, organization_, now->key) : std::nullopt;
  if (!id) return now;
  auto bytes = row(View::collections, collection_row_key(organization_, *id));
  if (!bytes) return nullptr;
  auto then = parse_collection_row(*bytes);
  return std::make_shared<Collection>(then.service, then.name, now->key, std::move(then.permissions));
}

bool AsOf::licensed() {
  if (licensed_) return *licensed_;
  auto bytes = row(View::organizations, organization_key(organization_));
  licensed_ = bytes && parse_organization_row(*bytes).plan == Plan::enterprise;
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

Level AccessHistories::level_needed_before(const RecordId& id, const AccountId& account, Position position) {
  auto access = value_before(history_of(id), position);
  std::vector<TeamId> teams;
  for (const auto& team : access.list.teams) {
    auto members = value_before(members_of(team), position);
    if (std::ranges::find(members, account) != members.end()) teams.push_back(team);
  }
  return level_needed(access, account, teams);
}

const AccessHistories::History& AccessHistories::history_of(const RecordId& id) {
  auto [place, fresh] = histories_.try_emplace(id);
  auto& history = place->second;
  if (!fresh) return history;
  RecordAccess access;
  for_each_entry_of(reader_, organization_, id.view(), [&](const LogEntry& entry) {
    ++read_;
    if (auto* assigned = std::get_if<RecordAssigned>(&entry.event)) {
      access.assignee = assigned->assignee.value_or(AccountId{});
    } else if (auto* changed = std::get_if<RecordAccessListChanged>(&entry.event)) {
      access = to_record_access({access.assignee, changed->accounts, changed->teams});
    } else {
      return true;
    }
    history.emplace_back(entry.position, access);
    return true;
  });
  return history;
}

const AccessHistories::Members& AccessHistories::members_of(const TeamId& id) {
  auto [place, fresh] = teams_.try_emplace(id);
  auto& members = place->second;
  if (!fresh) return members;
  for_each_entry_of(reader_, organization_, id.view(), [&](const LogEntry& entry) {
    ++read_;
    if (auto* created = std::get_if<TeamCreated>(&entry.event)) {
      members.emplace_back(entry.position, created->members);
    } else if (auto* changed = std::get_if<TeamMembersChanged>(&entry.event)) {
      members.emplace_back(entry.position, changed->members);
    } else if (std::holds_alternative<TeamDeleted>(entry.event)) {
      members.emplace_back(entry.position, std::vector<AccountId>());
    }
    return true;
  });
  return members;
}

}  // namespace byline
