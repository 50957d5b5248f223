#pragma once

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/interner.hpp"
#include "domain/large_map.hpp"
#include "domain/record_access.hpp"
#include "events/event.hpp"

namespace byline {

/// 128 bits of BLAKE2b over an address' `email_key`: enough to tell addresses apart, without keeping them.
using EmailDigest = std::array<std::uint8_t, 16>;
EmailDigest digest_email_key(std::string_view email_key);

/// A text's 64-bit hash (XXH3), for “is this the value it has already?”.
std::uint64_t fingerprint(std::string_view text);

/// The same of an account; 0 of none.
std::uint64_t fingerprint(const std::optional<AccountId>& account);

/// The same of several texts, in their order; 0 of none.
std::uint64_t fingerprint(const std::vector<std::string>& texts);

/// The write model: what deciding needs, and no more, folded from the log. Everything in it can be thrown
/// away and folded again. Not thread-safe: the writer owns it.
class State {
 public:
  State() { access_lists_.hold({}); }  // for ever: number 0 is no list

  struct Organization {
    Plan plan = Plan::enterprise;
    Version version;
    std::uint64_t name = 0;  ///< fingerprint
    RoleId administrator_role;
    std::optional<std::int64_t> max_secret_days;
    std::uint32_t collections = 0;            ///< of its own
    std::uint32_t active_administrators = 0;  ///< active users that have `administrator_role`

    friend bool operator==(const Organization&, const Organization&) = default;
  };

  /// A user or an application. Deleted accounts are gone from here.
  struct Account {
    OrganizationId organization;
    EmailDigest email{};
    std::uint32_t roles = 0;  ///< numbers a list of roles: see `roles_of`
    Version version;
    SubjectKind kind = SubjectKind::application;
    bool active = true;
    // Fingerprints of the texts, so that a change to the same value is no event.
    std::uint64_t name = 0;
    std::uint64_t email_text = 0;
    std::uint64_t url = 0;
    std::uint64_t description = 0;

    friend bool operator==(const Account&, const Account&) = default;
  };

  /// What few applications have.
  struct Settings {
    std::optional<Time> expires_at;
    // So that a change to the same value is no event: fingerprints and numbers, 0 of what it has not.
    std::uint64_t owner = 0;
    std::uint64_t tags = 0;
    std::uint64_t networks = 0;
    std::uint32_t token_lifetime = 0;
    std::uint32_t rate_limit = 0;

    friend bool operator==(const Settings&, const Settings&) = default;
  };

  struct Role {
    OrganizationId organization;
    std::string name;
    PermissionMatrix permissions;
    std::optional<std::string> default_key;
    Version version;
    std::uint32_t holders = 0;  ///< accounts that have it, active or not

    friend bool operator==(const Role&, const Role&) = default;
  };

  struct Record {
    OrganizationId organization;
    AccountId assignee;             ///< nil where there is none
    std::uint32_t collection = 0;   ///< numbers its key: see `collection_of`
    std::uint32_t access_list = 0;  ///< numbers the list: see `access_of`
    Version version;

    friend bool operator==(const Record&, const Record&) = default;
  };

  struct Team {
    OrganizationId organization;
    std::string name;
    std::vector<AccountId> members;  ///< sorted
    Version version;

    friend bool operator==(const Team&, const Team&) = default;
  };

  /// A collection that an organization added to the default ones.
  struct OwnCollection {
    OrganizationId organization;
    Collection collection;
    std::uint64_t schema = 0;  ///< fingerprint; of no text where there is none
    Version version;
    std::uint32_t records = 0;

    friend bool operator==(const OwnCollection&, const OwnCollection&) = default;
  };

  const Organization* find_organization(const OrganizationId& id) const;
  const Account* find_account(const AccountId& id) const;
  Settings settings_of(const AccountId& application) const;
  /// When the time of the next active application is over.
  std::optional<Time> next_expiry() const;
  /// The first of the active applications whose time is over, each with its organization.
  std::vector<std::pair<OrganizationId, AccountId>> expired(Time now, std::size_t most) const;
  const Role* find_role(const RoleId& id) const;
  const Record* find_record(const RecordId& id) const;
  const Team* find_team(const TeamId& id) const;
  const OwnCollection* find_own_collection(const CollectionId& id) const;
  /// A default collection, or one of the organization's own; nullptr where there is none with this key.
  const Collection* find_collection(const OrganizationId& organization, std::string_view key) const;

  bool has_organizations() const { return !organizations_.empty(); }
  bool is_email_taken(const EmailDigest& email) const { return emails_.contains(email); }
  /// The role or team of this organization whose name looks the same, case aside.
  std::optional<RoleId> role_by_name(const OrganizationId& organization, std::string_view name) const;
  std::optional<TeamId> team_by_name(const OrganizationId& organization, std::string_view name) const;
  const std::vector<RoleId>& roles_of(const Account& account) const { return role_lists_[account.roles]; }
  bool has_role(const Account& account, const RoleId& role) const;
  const std::string& collection_of(const Record& record) const { return collection_keys_[record.collection]; }
  RecordAccess access_of(const Record& record) const {
    return {record.assignee, access_lists_[record.access_list]};
  }
  /// The teams that the account is in, sorted.
  const std::vector<TeamId>& teams_of(const AccountId& account) const;

  /// What the account may do by its roles, whether or not it is active: the union, the highest level winning.
  PermissionMatrix access_of(const Account& account) const;

  /// The subject's number of events so far; 0 for what is unknown or deleted.
  Version version_of(const Subject& subject) const;
  /// The position of the last event folded.
  Position tail() const { return tail_; }
  /// When the last event happened: time in the log never runs backwards.
  Time last_at() const { return last_at_; }

  /// Folds the next event. Its position must be `tail() + 1`.
  void evolve(const LogEntry& entry);

 private:
  friend class Fold;
  friend class StateForm;
  struct Empty {};
  explicit State(Empty) {}  ///< to be read into: see state_form.hpp
  /// What the unique name of a role, team or collection stands under: two names with a key in common look
  /// the same.
  static std::vector<std::string> name_keys(SubjectKind kind, const OrganizationId& organization,
                                            std::string_view name);
  std::optional<std::array<std::uint8_t, 16>> find_named(SubjectKind kind, const OrganizationId& organization,
                                                         std::string_view name) const;

  boost::unordered_flat_map<OrganizationId, Organization> organizations_;
  LargeMap<AccountId, Account> accounts_;
  LargeMap<AccountId, Settings> settings_;         ///< of applications that have some
  std::set<std::pair<Time, AccountId>> expiries_;  ///< of active applications
  LargeMap<EmailDigest, AccountId> emails_;
  boost::unordered_flat_map<RoleId, Role> roles_;
  LargeMap<RecordId, Record> records_;
  boost::unordered_flat_map<TeamId, Team> teams_;
  boost::unordered_flat_map<AccountId, std::vector<TeamId>> memberships_;  ///< of accounts that are in a team
  boost::unordered_flat_map<CollectionId, OwnCollection> collections_;
  boost::unordered_flat_map<Id<void>, Version> projections_;
  boost::unordered_flat_map<std::string, std::array<std::uint8_t, 16>> names_;  ///< ids by `name_keys`
  Interner<std::vector<RoleId>> role_lists_;
  Interner<std::string> collection_keys_;
  Interner<AccessList> access_lists_;  ///< number 0 is no list
  Position tail_;
  Time last_at_;
};

}  // namespace byline
