#include "projections/applications.hpp"

#include <algorithm>

#include "events/lookalike.hpp"
#include "projections/digest.hpp"
#include "projections/key.hpp"
#include "projections/row.hpp"

namespace byline {
namespace {

// R: rows; L: index of look-alike names.
struct ApplicationFold {
  const LogEntry& entry;
  Rows& rows;

  void operator()(const ApplicationRegistered& event) const {
    rows.put(key(), write_row(ApplicationRow{event.name,
                                             event.email,
                                             event.url,
                                             event.description,
                                             AccountStatus::active,
                                             event.roles,
                                             {},
                                             {},
                                             {},
                                             {},
                                             {},
                                             {},
                                             {}}));
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
  void operator()(const ApplicationOwnerChanged& event) const {
    update([&](ApplicationRow& row) { row.owner = event.owner; });
  }
  void operator()(const ApplicationTagsChanged& event) const {
    update([&](ApplicationRow& row) { row.tags = event.tags; });
  }
  void operator()(const ApplicationExpiryChanged& event) const {
    update([&](ApplicationRow& row) { row.expires_at = event.expires_at; });
  }
  void operator()(const ApplicationNetworksChanged& event) const {
    update([&](ApplicationRow& row) { row.networks = event.networks; });
  }
  void operator()(const ApplicationTokenLifetimeChanged& event) const {
    update([&](ApplicationRow& row) { row.token_lifetime = event.seconds; });
  }
  void operator()(const ApplicationRateLimitChanged& event) const {
    update([&](ApplicationRow& row) { row.rate_limit = event.per_second; });
  }
  void operator()(const ApplicationExpired&) const {
    update([](ApplicationRow& row) { row.status = AccountStatus::deactivated; });
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

  void operator()(const ApplicationErased&) const {}

  void operator()(const ClientSecretIssued& event) const {
    auto row = key_of(event.account);
    update_row<ApplicationRow>(rows, row, [&](ApplicationRow& application) {
      application.secrets.push_back({credential(), entry.at, event.expires_at, {}});
    });
  }
  void operator()(const CredentialExpiryChanged& event) const {
    update_secret(event.account, [&](SecretSummary& secret) { secret.expires_at = event.expires_at; });
  }
  void operator()(const CredentialUsed& event) const {
    update_secret(event.account, [&](SecretSummary& secret) { secret.used_at = event.used_at; });
  }
  void operator()(const CredentialRevoked& event) const {
    auto row = key_of(event.account);
    if (!rows.get(row)) return;  // a user's
    update_row<ApplicationRow>(rows, row, [&](ApplicationRow& application) {
      std::erase_if(application.secrets,
                    [&](const SecretSummary& secret) { return secret.id == credential(); });
    });
  }

  void operator()(const AboutOther<SubjectKind::application> auto&) const {}

 private:
  AccountId id() const { return entry.subject.as<AccountId>(); }
  CredentialId credential() const { return entry.subject.as<CredentialId>(); }
  std::string key() const { return key_of(id()); }
  std::string key_of(const AccountId& account) const { return application_key(entry.organization, account); }
  std::string lookalike_key(std::string_view name) const {
    return lookalike_prefix(entry.organization, name) + std::string(id().view());
  }
  /// Where the credential of the event is a secret of an application.
  template <class Change>
  void update_secret(const AccountId& account, Change&& change) const {
    auto bytes = rows.get(key_of(account));
    if (!bytes) return;
    auto row = parse_row<ApplicationRow>(*bytes);
    auto found = std::ranges::find(row.secrets, credential(), &SecretSummary::id);
    if (found == row.secrets.end()) return;
    change(*found);
    rows.put(key_of(account), write_row(row));
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
  return make_key('L', organization, std::string_view(digest_in_key(skeleton_of(name))));
}
bool is_lookalike_key(std::string_view key) { return key.starts_with('L'); }
ApplicationRow parse_application_row(std::string_view bytes) { return parse_row<ApplicationRow>(bytes); }

void ApplicationsProjection::apply(const LogEntry& entry, Rows& rows) const {
  std::visit(ApplicationFold{entry, rows}, entry.event);
}

}  // namespace byline
