#include <algorithm>
#include <cassert>

#include "domain/state.hpp"

namespace byline {

/// One event's effect on the write model. Every event has its overload here: a new one that is forgotten does
/// not compile.
class Fold {
 public:
  Fold(State& state, const LogEntry& entry) : state_(state), entry_(entry) {}

  void operator()(const OrganizationCreated& event) {
    auto& organization = state_.organizations_[entry_.subject.as<OrganizationId>()];
    organization.plan = event.plan;
    organization.name = fingerprint(event.name);
    organization.version = entry_.version;
  }
  void operator()(const OrganizationRenamed& event) { organization().name = fingerprint(event.name); }
  void operator()(const OrganizationPlanChanged& event) { organization().plan = event.plan; }

  void operator()(const OrganizationSecretAgeChanged& event) {
    organization().max_secret_days = event.max_days;
  }

  void operator()(const UserCreated& event) { open_account(event, SubjectKind::user); }
  void operator()(const UserRenamed& event) { account().name = fingerprint(event.name); }
  void operator()(const UserEmailChanged& event) { change_email(event); }
  void operator()(const UserRolesChanged& event) { change_roles(event.roles); }
  void operator()(const UserDeactivated&) { activate(false); }
  void operator()(const UserReactivated&) { activate(true); }
  void operator()(const UserDeleted&) { close_account(); }

  void operator()(const RoleCreated& event) {
    auto id = entry_.subject.as<RoleId>();
    auto& role = state_.roles_[id];
    role.organization = entry_.organization;
    role.permissions = event.permissions;
    role.default_key = event.default_key;
    role.version = entry_.version;
    role.name = event.name;
    name(id, event.name);
    if (event.default_key == "admin") state_.organizations_[entry_.organization].administrator_role = id;
  }
  void operator()(const RoleRenamed& event) {
    auto& changed = role();
    unname(changed.name);
    changed.name = event.name;
    name(entry_.subject.as<RoleId>(), event.name);
  }
  void operator()(const RolePermissionsChanged& event) { role().permissions = event.permissions; }
  void operator()(const RoleDeleted&) {
    unname(role().name);
    state_.roles_.erase(entry_.subject.as<RoleId>());
  }

  void operator()(const ApplicationRegistered& event) {
    auto& opened = open_account(event, SubjectKind::application);
    opened.url = fingerprint(event.url.value_or(""));
    opened.description = fingerprint(event.description.value_or(""));
  }
  void operator()(const ApplicationRenamed& event) { account().name = fingerprint(event.name); }
  void operator()(const ApplicationEmailChanged& event) { change_email(event); }
  void operator()(const ApplicationRolesChanged& event) { change_roles(event.roles); }
  void operator()(const ApplicationUrlChanged& event) { account().url = fingerprint(event.url.value_or("")); }
  void operator()(const ApplicationDescriptionChanged& event) {
    account().description = fingerprint(event.description.value_or(""));
  }
  void operator()(const ApplicationDeactivated&) { activate(false); }
  void operator()(const ApplicationReactivated&) { activate(true); }
  void operator()(const ApplicationOwnerChanged& event) {
    change_settings([&](State::Settings& settings) { settings.owner = fingerprint(event.owner); });
  }
  void operator()(const ApplicationTagsChanged& event) {
    change_settings([&](State::Settings& settings) { settings.tags = fingerprint(event.tags); });
  }
  void operator()(const ApplicationExpiryChanged& event) {
    change_settings([&](State::Settings& settings) { settings.expires_at = event.expires_at; });
  }
  void operator()(const ApplicationNetworksChanged& event) {
    change_settings([&](State::Settings& settings) { settings.networks = fingerprint(event.networks); });
  }
  void operator()(const ApplicationTokenLifetimeChanged& event) {
    change_settings([&](State::Settings& settings) { settings.token_lifetime = number(event.seconds); });
  }
  void operator()(const ApplicationRateLimitChanged& event) {
    change_settings([&](State::Settings& settings) { settings.rate_limit = number(event.per_second); });
  }
  void operator()(const ApplicationExpired&) { activate(false); }
  void operator()(const ApplicationDeleted&) { close_account(); }

  // Nothing was left of these here.
  void operator()(const UserErased&) {}
  void operator()(const ApplicationErased&) {}
  void operator()(const RecordErased&) {}

  /// What is told of a view must not hang on one.
  template <class Fact>
    requires(!AboutOther<Fact, SubjectKind::projection>)
  void operator()(const Fact&) {
    state_.projections_[entry_.subject.as<Id<void>>()] = entry_.version;
  }

  // Deciding about these looks at their rows: see Batch.
  template <class Fact>
    requires(!AboutOther<Fact, SubjectKind::credential, SubjectKind::credential_use, SubjectKind::signing_key,
                         SubjectKind::token, SubjectKind::sign_in, SubjectKind::access>)
  void operator()(const Fact&) {}

  void operator()(const RecordCreated& event) {
    auto& record = state_.records_[entry_.subject.as<RecordId>()];
    record.organization = entry_.organization;
    record.collection = state_.collection_keys_.hold(event.collection);
    record.access_list = state_.access_lists_.hold({});
    record.version = entry_.version;
    count_record(event.collection, +1);
  }
  void operator()(const RecordUpdated&) { record(); }
  void operator()(const RecordAssigned& event) { record().assignee = event.assignee.value_or(AccountId{}); }
  void operator()(const RecordAccessListChanged& event) {
    AccessList list{event.accounts, event.teams};
    std::ranges::sort(list.accounts);
    std::ranges::sort(list.teams);
    auto& changed = record();
    auto before = changed.access_list;
    changed.access_list = state_.access_lists_.hold(list);
    state_.access_lists_.release(before);
  }
  void operator()(const RecordDeleted& event) {
    state_.collection_keys_.release(record().collection);
    state_.access_lists_.release(record().access_list);
    state_.records_.erase(entry_.subject.as<RecordId>());
    count_record(event.collection, -1);
  }

  void operator()(const TeamCreated& event) {
    auto& created = team();
    created.organization = entry_.organization;
    created.name = event.name;
    name(entry_.subject.as<TeamId>(), event.name);
    set_members(created, event.members);
  }
  void operator()(const TeamRenamed& event) {
    auto& changed = team();
    unname(changed.name);
    changed.name = event.name;
    name(entry_.subject.as<TeamId>(), event.name);
  }
  void operator()(const TeamMembersChanged& event) { set_members(team(), event.members); }
  void operator()(const TeamDeleted&) {
    auto& deleted = team();
    set_members(deleted, {});
    unname(deleted.name);
    state_.teams_.erase(entry_.subject.as<TeamId>());
  }

  void operator()(const CollectionCreated& event) {
    auto& created = collection();
    auto key = collection_key(event.service, event.name);
    created.organization = entry_.organization;
    created.collection = {event.service, event.name, key, event.permissions};
    created.schema = fingerprint_of(event.schema);
    ++state_.organizations_[entry_.organization].collections;
    name(entry_.subject.as<CollectionId>(), key);
  }
  void operator()(const CollectionPermissionsChanged& event) {
    collection().collection.permissions = event.permissions;
  }
  void operator()(const CollectionSchemaChanged& event) {
    collection().schema = fingerprint_of(event.schema);
  }
  void operator()(const CollectionDeleted&) {
    unname(collection().collection.key);
    --state_.organizations_[entry_.organization].collections;
    state_.collections_.erase(entry_.subject.as<CollectionId>());
  }

 private:
  State::Organization& organization() {
    auto& found = state_.organizations_[entry_.subject.as<OrganizationId>()];
    found.version = entry_.version;
    return found;
  }
  State::Account& account() {
    auto& found = state_.accounts_[entry_.subject.as<AccountId>()];
    found.version = entry_.version;
    return found;
  }
  State::Role& role() {
    auto& found = state_.roles_[entry_.subject.as<RoleId>()];
    found.version = entry_.version;
    return found;
  }

  State::Record& record() {
    auto& found = state_.records_[entry_.subject.as<RecordId>()];
    found.version = entry_.version;
    return found;
  }
  State::Team& team() {
    auto& found = state_.teams_[entry_.subject.as<TeamId>()];
    found.version = entry_.version;
    return found;
  }
  State::OwnCollection& collection() {
    auto& found = state_.collections_[entry_.subject.as<CollectionId>()];
    found.version = entry_.version;
    return found;
  }

  /// The subject goes by this name in its organization, or no longer does.
  template <class Tag>
  void name(const Id<Tag>& id, std::string_view text) {
    for (const auto& key : State::name_keys(entry_.subject.kind, entry_.organization, text))
      state_.names_[key] = id.bytes;
  }
  void unname(std::string_view text) {
    // A log of an early release may hold two names that look alike: the claim is the later one's.
    for (const auto& key : State::name_keys(entry_.subject.kind, entry_.organization, text)) {
      auto found = state_.names_.find(key);
      if (found != state_.names_.end() && found->second == entry_.subject.id) state_.names_.erase(found);
    }
  }

  static std::uint64_t fingerprint_of(const std::optional<JsonText>& schema) {
    return fingerprint(schema ? schema->text : std::string());
  }

  void count_record(std::string_view key, int step) {
    auto found = state_.find_named(SubjectKind::collection, entry_.organization, key);
    if (!found) return;  // a default collection
    state_.collections_[CollectionId{*found}].records += static_cast<std::uint32_t>(step);
  }

  void set_members(State::Team& changed, const std::vector<AccountId>& members) {
    auto id = entry_.subject.as<TeamId>();
    for (const AccountId& member : changed.members) {
      auto& teams = state_.memberships_[member];
      std::erase(teams, id);
      if (teams.empty()) state_.memberships_.erase(member);
    }
    changed.members = members;
    std::ranges::sort(changed.members);
    for (const AccountId& member : changed.members) {
      auto& teams = state_.memberships_[member];
      teams.insert(std::ranges::lower_bound(teams, id), id);
    }
  }

  template <class Opening>
  State::Account& open_account(const Opening& event, SubjectKind kind) {
    auto& opened = account();
    opened.organization = entry_.organization;
    opened.kind = kind;
    opened.name = fingerprint(event.name);
    opened.email_text = fingerprint(event.email);
    opened.email = digest_email_key(event.email_key);
    state_.emails_[opened.email] = entry_.subject.as<AccountId>();
    opened.roles = state_.role_lists_.hold(event.roles);
    count_roles(opened, +1);
    return opened;
  }
  void close_account() {
    auto& closed = account();
    await_expiry(closed, false);
    state_.settings_.erase(entry_.subject.as<AccountId>());
    count_roles(closed, -1);
    state_.role_lists_.release(closed.roles);
    state_.emails_.erase(closed.email);
    state_.accounts_.erase(entry_.subject.as<AccountId>());
  }
  template <class Change>
  void change_email(const Change& event) {
    auto& changed = account();
    state_.emails_.erase(changed.email);
    changed.email = digest_email_key(event.email_key);
    changed.email_text = fingerprint(event.email);
    state_.emails_[changed.email] = entry_.subject.as<AccountId>();
  }
  void change_roles(const std::vector<RoleId>& roles) {
    auto& changed = account();
    count_roles(changed, -1);
    auto before = changed.roles;
    changed.roles = state_.role_lists_.hold(roles);
    state_.role_lists_.release(before);
    count_roles(changed, +1);
  }
  void activate(bool active) {
    auto& changed = account();
    count_roles(changed, -1);
    await_expiry(changed, false);
    changed.active = active;
    await_expiry(changed, true);
    count_roles(changed, +1);
  }

  /// 0 of none: all that are allowed are larger.
  static std::uint32_t number(const std::optional<std::int64_t>& setting) {
    return static_cast<std::uint32_t>(setting.value_or(0));
  }
  template <class Change>
  void change_settings(Change&& change) {
    auto& changed = account();
    auto id = entry_.subject.as<AccountId>();
    await_expiry(changed, false);
    auto settings = state_.settings_of(id);
    change(settings);
    if (settings == State::Settings{}) {
      state_.settings_.erase(id);
    } else {
      state_.settings_[id] = settings;
    }
    await_expiry(changed, true);
  }

  /// Whether the end of the account's time, where it has one, is waited for.
  void await_expiry(const State::Account& of, bool awaited) {
    auto id = entry_.subject.as<AccountId>();
    auto end = state_.settings_of(id).expires_at;
    if (!end || !of.active) return;
    if (awaited) {
      state_.expiries_.emplace(*end, id);
    } else {
      state_.expiries_.erase({*end, id});
    }
  }

  /// Keeps what is counted over accounts: who has a role, and how many administrators could still act.
  void count_roles(const State::Account& counted, int step) {
    auto& home = state_.organizations_[counted.organization];
    for (const RoleId& id : state_.roles_of(counted)) {
      state_.roles_[id].holders += static_cast<std::uint32_t>(step);
      if (id == home.administrator_role && counted.active && counted.kind == SubjectKind::user) {
        home.active_administrators += static_cast<std::uint32_t>(step);
      }
    }
  }

  State& state_;
  const LogEntry& entry_;
};

void State::evolve(const LogEntry& entry) {
  assert(entry.position.value == tail_.value + 1);
  std::visit(Fold(*this, entry), entry.event);
  tail_ = entry.position;
  last_at_ = entry.at;
}

}  // namespace byline
