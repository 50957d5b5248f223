#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "domain/network.hpp"
#include "domain/record_access.hpp"
#include "engine/reader.hpp"
#include "events/permission.hpp"

namespace byline {

/// An account with what it may do, as of one moment.
struct Principal {
  AccountId account;
  OrganizationId organization;
  SubjectKind kind = SubjectKind::user;
  bool active = false;
  bool licensed = false;  ///< the organization's plan includes the API
  PermissionMatrix access;
  std::vector<TeamId> teams;  ///< sorted
  std::string name;
  // Of applications.
  std::optional<Time> expires_at;              ///< from when on it is not active, whatever `active` says
  std::vector<Network> networks;               ///< that it may come from; everywhere where there are none
  std::optional<std::int64_t> token_lifetime;  ///< seconds
  std::optional<std::int64_t> rate_limit;      ///< requests a second

  bool is_active(Time now) const { return active && (!expires_at || now < *expires_at); }
};

/// From the views; nullopt where there is no such account in the organization.
std::optional<Principal> find_principal(const Reader& reader, const OrganizationId& organization,
                                        const AccountId& account);

/// A default collection, or one of the organization's own; nullptr where there is none at this address.
std::shared_ptr<const Collection> find_collection(const Reader& reader, const OrganizationId& organization,
                                                  std::string_view key);

/// Who may open a record of the collection; nullopt where there is no such record.
std::optional<RecordAccess> find_record_access(const Reader& reader, const OrganizationId& organization,
                                               const Collection& collection, const RecordId& id);

RecordAccess to_record_access(AccessRow row);

/// The level that this account needs for that.
inline Level level_needed(const RecordAccess& access, const Principal& principal) {
  return level_needed(access, principal.account, principal.teams);
}

}  // namespace byline
