#include "projections/applications.hpp"

#include "events/lookalike.hpp"
#include "projections/key.hpp"
#include "projections/row.hpp"

namespace byline {
namespace {

// R: rows; L: index of look-alike names.
struct Fold {
  const LogEntry& entry;
  Rows& rows;

  void operator()(const ApplicationRegistered& event) const {
    rows.put(key(), write_row(ApplicationRow{event.name, event.email, event.url, event.description,
                                             AccountStatus::active, event.roles}));
    rows.put(lookalike_key(event.name), {});
  }
  void operator()(const ApplicationRenamed& event) const {
    update([&](ApplicationRow& row) {
      rows.erase(lookalike_key(row.name));
      row.name = event.name;
      rows.put(lookalike_key(row.name), {});
    });
  }
  void operator()(const ApplicationEmailChanged& event) const {
    update([&](ApplicationRow& row) { row.email = event.email; });
  }
  void operator()(const ApplicationRolesChanged& event) const {
    update([&](ApplicationRow& row) { row.roles = event.roles; });
  }
  void operator()(const ApplicationUrlChanged& event) const {
    update([&](ApplicationRow& row) { row.url = event.url; });
  }
  void operator()(const ApplicationDescriptionChanged& event) const {
    update([&](ApplicationRow& row) { row.description = event.description; });
  }
  void operator()(const ApplicationDeactivated&) const {
    update([](ApplicationRow& row) { row.status = AccountStatus::deactivated; });
  }
  void operator()(const ApplicationReactivated&) const {
    update([](ApplicationRow& row) { row.status = AccountStatus::active; });
  }
  void operator()(const ApplicationDeleted&) const {
    auto bytes = rows.get(key());
    rows.erase(lookalike_key(parse_row<ApplicationRow>(bytes.value()).name));
    rows.erase(key());
  }

  // What tells of other subjects.
  void operator()(const OrganizationCreated&) const {}
  void operator()(const OrganizationRenamed&) const {}
  void operator()(const OrganizationPlanChanged&) const {}
  void operator()(const UserCreated&) const {}
  void operator()(const UserRenamed&) const {}
  void operator()(const UserEmailChanged&) const {}
  void operator()(const UserRolesChanged&) const {}
  void operator()(const UserDeactivated&) const {}
  void operator()(const UserReactivated&) const {}
  void operator()(const UserDeleted&) const {}
  void operator()(const RoleCreated&) const {}
  void operator()(const RoleRenamed&) const {}
  void operator()(const RolePermissionsChanged&) const {}
  void operator()(const RoleDeleted&) const {}
  void operator()(const ClientSecretIssued&) const {}
  void operator()(const AccessTokenIssued&) const {}
  void operator()(const RecordCreated&) const {}
  void operator()(const RecordUpdated&) const {}
  void operator()(const RecordAssigned&) const {}
  void operator()(const RecordAccessListChanged&) const {}
  void operator()(const RecordDeleted&) const {}
  void operator()(const TeamCreated&) const {}
  void operator()(const TeamRenamed&) const {}
  void operator()(const TeamMembersChanged&) const {}
  void operator()(const TeamDeleted&) const {}
  void operator()(const CollectionCreated&) const {}
  void operator()(const CollectionPermissionsChanged&) const {}
  void operator()(const CollectionSchemaChanged&) const {}
  void operator()(const CollectionDeleted&) const {}

 private:
  AccountId id() const { return entry.subject.as<AccountId>(); }
  std::string key() const { return application_key(entry.organization, id()); }
  std::string lookalike_key(std::string_view name) const {
    return lookalike_prefix(entry.organization, name) + std::string(id().view());
  }
  template <class Change>
  void update(Change&& change) const {
    update_row<ApplicationRow>(rows, key(), change);
  }
};

}  // namespace

std::string application_prefix(const OrganizationId& organization) { return make_key('R', organization); }
std::string application_key(const OrganizationId& organization, const AccountId& id) {
  return make_key('R', organization, id);
}
std::string lookalike_prefix(const OrganizationId& organization, std::string_view name) {
  return make_key('L', organization, skeleton_of(name), '\0');
}
ApplicationRow parse_application_row(std::string_view bytes) { return parse_row<ApplicationRow>(bytes); }

void ApplicationsProjection::apply(const LogEntry& entry, Rows& rows) const {
  std::visit(Fold{entry, rows}, entry.event);
}

}  // namespace byline
