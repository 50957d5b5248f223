#include "domain/state.hpp"

#include <sodium.h>
#include <xxhash.h>

#include <algorithm>

#include "domain/unicode.hpp"
#include "events/lookalike.hpp"

namespace byline {
namespace {

template <class Map, class Key>
auto find_in(const Map& map, const Key& key) -> const typename Map::mapped_type* {
  auto found = map.find(key);
  return found == map.end() ? nullptr : &found->second;
}

/// Case aside, with one blank where there are several.
std::string key_of(std::string_view skeleton) {
  auto key = to_folded(skeleton);
  auto repeated = std::ranges::unique(key, [](char left, char right) { return left == ' ' && right == ' '; });
  key.erase(repeated.begin(), repeated.end());
  return key;
}

}  // namespace

EmailDigest digest_email_key(std::string_view email_key) {
  EmailDigest digest;
  crypto_generichash(digest.data(), digest.size(), reinterpret_cast<const unsigned char*>(email_key.data()),
                     email_key.size(), nullptr, 0);
  return digest;
}

std::uint64_t fingerprint(std::string_view text) { return XXH3_64bits(text.data(), text.size()); }

std::uint64_t fingerprint(const std::optional<AccountId>& account) {
  return account ? fingerprint(account->view()) : 0;
}

std::uint64_t fingerprint(const std::vector<std::string>& texts) {
  if (texts.empty()) return 0;
  std::string all;
  for (const auto& text : texts) all += std::to_string(text.size()) + ":" + text;
  return fingerprint(all);
}

const State::Organization* State::find_organization(const OrganizationId& id) const {
  return find_in(organizations_, id);
}
const State::Account* State::find_account(const AccountId& id) const { return accounts_.find(id); }
State::Settings State::settings_of(const AccountId& application) const {
  const auto* found = settings_.find(application);
  return found ? *found : Settings{};
}
std::optional<Time> State::next_expiry() const {
  return expiries_.empty() ? std::nullopt : std::optional(expiries_.begin()->first);
}
std::vector<std::pair<OrganizationId, AccountId>> State::expired(Time now, std::size_t most) const {
  std::vector<std::pair<OrganizationId, AccountId>> found;
  for (const auto& [end, id] : expiries_) {
    if (end > now || found.size() == most) break;
    found.emplace_back(find_account(id)->organization, id);
  }
  return found;
}
const State::Role* State::find_role(const RoleId& id) const { return find_in(roles_, id); }
const State::Record* State::find_record(const RecordId& id) const { return records_.find(id); }

const State::Team* State::find_team(const TeamId& id) const { return find_in(teams_, id); }
const State::OwnCollection* State::find_own_collection(const CollectionId& id) const {
  return find_in(collections_, id);
}

std::vector<std::string> State::name_keys(SubjectKind kind, const OrganizationId& organization,
                                          std::string_view name) {
  std::string prefix(1, static_cast<char>(kind));
  prefix += organization.view();
  // An address has one spelling.
  if (kind == SubjectKind::collection) return {prefix + std::string(name)};
  auto folded = prefix + key_of(skeleton_of(to_folded(name)));
  auto as_written = prefix + key_of(skeleton_as_written(name));
  return folded == as_written ? std::vector{folded} : std::vector{folded, as_written};
}

std::optional<std::array<std::uint8_t, 16>> State::find_named(SubjectKind kind,
                                                              const OrganizationId& organization,
                                                              std::string_view name) const {
  for (const auto& key : name_keys(kind, organization, name)) {
    if (auto* found = find_in(names_, key)) return *found;
  }
  return std::nullopt;
}

std::optional<RoleId> State::role_by_name(const OrganizationId& organization, std::string_view name) const {
  auto found = find_named(SubjectKind::role, organization, name);
  return found ? std::optional(RoleId{*found}) : std::nullopt;
}

std::optional<TeamId> State::team_by_name(const OrganizationId& organization, std::string_view name) const {
  auto found = find_named(SubjectKind::team, organization, name);
  return found ? std::optional(TeamId{*found}) : std::nullopt;
}

const Collection* State::find_collection(const OrganizationId& organization, std::string_view key) const {
  if (const auto* found = find_default_collection(key)) return found;
  auto id = find_named(SubjectKind::collection, organization, key);
  return id ? &find_own_collection(CollectionId{*id})->collection : nullptr;
}

const std::vector<TeamId>& State::teams_of(const AccountId& account) const {
  static const std::vector<TeamId> none;
  const auto* found = find_in(memberships_, account);
  return found ? *found : none;
}

bool State::has_role(const Account& account, const RoleId& role) const {
  const auto& roles = roles_of(account);
  return std::ranges::find(roles, role) != roles.end();
}

PermissionMatrix State::access_of(const Account& account) const {
  PermissionMatrix access;
  for (const RoleId& id : roles_of(account)) {
    if (auto* role = find_role(id)) access.unite(role->permissions);
  }
  return access;
}

Version State::version_of(const Subject& subject) const {
  auto version = [](const auto* found) { return found ? found->version : Version{}; };
  switch (subject.kind) {
    case SubjectKind::organization:
      return version(find_organization(subject.as<OrganizationId>()));
    case SubjectKind::user:
    case SubjectKind::application:
      return version(find_account(subject.as<AccountId>()));
    case SubjectKind::role:
      return version(find_role(subject.as<RoleId>()));
    case SubjectKind::record:
      return version(find_record(subject.as<RecordId>()));
    case SubjectKind::team:
      return version(find_team(subject.as<TeamId>()));
    case SubjectKind::collection:
      return version(find_own_collection(subject.as<CollectionId>()));
    case SubjectKind::projection:
      if (const auto* found = find_in(projections_, subject.as<Id<void>>())) return *found;
      return Version{};
    case SubjectKind::credential:
    case SubjectKind::credential_use:
    case SubjectKind::signing_key:
    case SubjectKind::token:
    case SubjectKind::sign_in:
    case SubjectKind::access:
      return Version{};  // their rows know more: see Batch
  }
  return Version{};
}

}  // namespace byline
