#include "projections/access.hpp"

#include "projections/key.hpp"
#include "projections/row.hpp"

namespace byline {
namespace {

// R: rows; O: records without a list; A: by assignee; G: by whom a list names.

class AccessFold {
 public:
  AccessFold(const LogEntry& entry, const std::string& collection, Rows& rows)
      : organization_(entry.organization),
        collection_(collection),
        id_(entry.subject.as<RecordId>()),
        rows_(rows) {}

  void create() { rows_.insert(open_key(), {}); }
  void assign(const std::optional<AccountId>& assignee) {
    auto row = read();
    if (row.assignee) rows_.erase(assigned_key(*row.assignee));
    row.assignee = assignee;
    if (row.assignee) rows_.put(assigned_key(*row.assignee), {});
    write(row);
  }
  void change_list(const RecordAccessListChanged& event) {
    auto row = read();
    leave_list(row);
    row.accounts = event.accounts;
    row.teams = event.teams;
    enter_list(row);
    write(row);
  }
  void remove() {
    auto row = read();
    if (row.assignee) rows_.erase(assigned_key(*row.assignee));
    leave_list(row);
    rows_.erase(open_key());
    rows_.erase(key());
  }

 private:
  std::string key() const { return access_key(organization_, id_); }
  std::string open_key() const {
    return open_records_prefix(organization_, collection_) + std::string(id_.view());
  }
  std::string assigned_key(const AccountId& account) const {
    return assigned_records_prefix(organization_, account, collection_) + std::string(id_.view());
  }
  std::string granted_key(std::string_view grantee) const {
    return granted_records_prefix(organization_, grantee, collection_) + std::string(id_.view());
  }

  AccessRow read() {
    auto bytes = rows_.get(key());
    return bytes ? parse_access_row(*bytes) : AccessRow{};
  }
  void write(const AccessRow& row) {
    if (!row.assignee && !row.has_list()) return rows_.erase(key());
    rows_.put(key(), write_row(row));
  }
  void leave_list(const AccessRow& row) {
    for (const auto& account : row.accounts) rows_.erase(granted_key(account.view()));
    for (const auto& team : row.teams) rows_.erase(granted_key(team.view()));
  }
  void enter_list(const AccessRow& row) {
    for (const auto& account : row.accounts) rows_.put(granted_key(account.view()), {});
    for (const auto& team : row.teams) rows_.put(granted_key(team.view()), {});
    if (row.has_list()) {
      rows_.erase(open_key());
    } else {
      rows_.put(open_key(), {});
    }
  }

  const OrganizationId& organization_;
  const std::string& collection_;
  const RecordId id_;
  Rows& rows_;
};

}  // namespace

std::string access_key(const OrganizationId& organization, const RecordId& id) {
  return make_key('R', organization, id);
}
AccessRow parse_access_row(std::string_view bytes) { return parse_row<AccessRow>(bytes); }

std::string open_records_prefix(const OrganizationId& organization, std::string_view collection) {
  return make_key('O', organization, collection, '\0');
}
std::string assigned_records_prefix(const OrganizationId& organization, const AccountId& account,
                                    std::string_view collection) {
  return make_key('A', organization, account, collection, '\0');
}
std::string granted_records_prefix(const OrganizationId& organization, std::string_view grantee_id,
                                   std::string_view collection) {
  return make_key('G', organization, grantee_id, collection, '\0');
}

void AccessProjection::apply(const LogEntry& entry, Rows& rows) const {
  if (auto* created = std::get_if<RecordCreated>(&entry.event)) {
    AccessFold(entry, created->collection, rows).create();
  } else if (auto* assigned = std::get_if<RecordAssigned>(&entry.event)) {
    AccessFold(entry, assigned->collection, rows).assign(assigned->assignee);
  } else if (auto* changed = std::get_if<RecordAccessListChanged>(&entry.event)) {
    AccessFold(entry, changed->collection, rows).change_list(*changed);
  } else if (auto* deleted = std::get_if<RecordDeleted>(&entry.event)) {
    AccessFold(entry, deleted->collection, rows).remove();
  }
}

}  // namespace byline
