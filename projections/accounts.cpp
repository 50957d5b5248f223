#include "projections/accounts.hpp"

#include <algorithm>
#include <array>

#include "projections/digest.hpp"
#include "projections/key.hpp"
#include "projections/row.hpp"

namespace byline {
namespace {

constexpr std::array<std::string_view, 4> kStatuses = {"active", "deactivated", "deleted", "erased"};

// A: rows; U: index of users; E: index of addresses.
std::string user_index_key(const OrganizationId& organization, const AccountId& id) {
  return make_key('U', organization, id);
}

struct AccountFold {
  const LogEntry& entry;
  Rows& rows;

  void operator()(const UserCreated& event) const {
    open(SubjectKind::user, event);
    rows.put(user_index_key(entry.organization, id()), {});
  }
  void operator()(const UserRenamed& event) const { rename(event.name); }
  void operator()(const UserEmailChanged& event) const { move(event.email, event.email_key); }
  void operator()(const UserRolesChanged& event) const { set_roles(event.roles); }
  void operator()(const UserDeactivated&) const { set_status(AccountStatus::deactivated); }
  void operator()(const UserReactivated&) const { set_status(AccountStatus::active); }
  void operator()(const UserDeleted&) const {
    close();
    rows.erase(user_index_key(entry.organization, id()));
  }

  void operator()(const ApplicationRegistered& event) const { open(SubjectKind::application, event); }
  void operator()(const ApplicationRenamed& event) const { rename(event.name); }
  void operator()(const ApplicationEmailChanged& event) const { move(event.email, event.email_key); }
  void operator()(const ApplicationRolesChanged& event) const { set_roles(event.roles); }
  void operator()(const ApplicationDeactivated&) const { set_status(AccountStatus::deactivated); }
  void operator()(const ApplicationReactivated&) const { set_status(AccountStatus::active); }
  void operator()(const ApplicationExpired&) const { set_status(AccountStatus::deactivated); }
  void operator()(const ApplicationDeleted&) const { close(); }

  void operator()(const UserErased&) const { forget(); }
  void operator()(const ApplicationErased&) const { forget(); }

  void operator()(const ApplicationUrlChanged&) const {}
  void operator()(const ApplicationDescriptionChanged&) const {}
  void operator()(const ApplicationOwnerChanged&) const {}
  void operator()(const ApplicationTagsChanged&) const {}
  void operator()(const ApplicationExpiryChanged&) const {}
  void operator()(const ApplicationNetworksChanged&) const {}
  void operator()(const ApplicationTokenLifetimeChanged&) const {}
  void operator()(const ApplicationRateLimitChanged&) const {}
  void operator()(const AboutOther<SubjectKind::user, SubjectKind::application> auto&) const {}

 private:
  AccountId id() const { return entry.subject.as<AccountId>(); }
  template <class Opening>
  void open(SubjectKind kind, const Opening& event) const {
    rows.put(account_key(entry.organization, id()),
             write_row(AccountRow{kind, event.name, event.email, event.email_key, AccountStatus::active,
                                  event.roles}));
    rows.put(email_index_key(event.email_key), account_key(entry.organization, id()));
  }
  template <class Change>
  void update(Change&& change) const {
    update_row<AccountRow>(rows, account_key(entry.organization, id()), change);
  }
  void rename(const std::string& name) const {
    update([&](AccountRow& row) { row.name = name; });
  }
  void move(const std::string& email, const std::string& email_key) const {
    update([&](AccountRow& row) {
      rows.erase(email_index_key(row.email_key));
      row.email = email;
      row.email_key = email_key;
    });
    rows.put(email_index_key(email_key), account_key(entry.organization, id()));
  }
  void set_roles(const std::vector<RoleId>& roles) const {
    update([&](AccountRow& row) { row.roles = roles; });
  }
  void set_status(AccountStatus status) const {
    update([&](AccountRow& row) { row.status = status; });
  }
  void forget() const {
    update([](AccountRow& row) {
      row.status = AccountStatus::erased;
      row.name.clear();
    });
  }
  void close() const {
    update([&](AccountRow& row) {
      rows.erase(email_index_key(row.email_key));
      row.status = AccountStatus::deleted;
      row.email.clear();
      row.email_key.clear();
      row.roles.clear();
    });
  }
};

}  // namespace

std::string_view name_of(AccountStatus status) { return kStatuses[static_cast<std::size_t>(status)]; }
std::optional<AccountStatus> EnumNames<AccountStatus>::find(std::string_view name) {
  auto found = std::ranges::find(kStatuses, name);
  if (found == kStatuses.end()) return std::nullopt;
  return static_cast<AccountStatus>(found - kStatuses.begin());
}

std::string account_prefix(const OrganizationId& organization) { return make_key('A', organization); }
std::string account_key(const OrganizationId& organization, const AccountId& id) {
  return make_key('A', organization, id);
}
std::string user_index_prefix(const OrganizationId& organization) { return make_key('U', organization); }
std::string email_index_key(std::string_view email_key) {
  return make_key('E', std::string_view(digest_in_key(email_key)));
}
AccountRow parse_account_row(std::string_view bytes) { return parse_row<AccountRow>(bytes); }

void AccountsProjection::apply(const LogEntry& entry, Rows& rows) const {
  std::visit(AccountFold{entry, rows}, entry.event);
}

}  // namespace byline
