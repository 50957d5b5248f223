#pragma once

#include <map>
#include <optional>
#include <vector>

#include "engine/access.hpp"

namespace byline {

/// An organization's accounts and roles as they were at a moment, each folded from its own events by the
/// projection that makes the live view; without a moment, as they are now. For one request: it remembers what
/// it was asked.
class AsOf {
 public:
  /// The reader outlives it.
  AsOf(const Reader& reader, const OrganizationId& organization, std::optional<Time> at)
      : reader_(reader), organization_(organization), at_(at) {}

  /// nullopt for an account that was not there yet, or no longer.
  std::optional<AccountRow> account(const AccountId& id);
  const std::optional<RoleRow>& role(const RoleId& id);
  /// Whether the organization's plan included the API.
  bool licensed();
  /// What the account could do by its roles; nothing where it could not act at all.
  PermissionMatrix access_of(const AccountRow& account);

 private:
  const Reader& reader_;
  const OrganizationId organization_;
  const std::optional<Time> at_;
  std::map<RoleId, std::optional<RoleRow>> roles_;
  std::optional<bool> licensed_;
};

/// Who could open a record right before that position.
RecordAccess record_access_before(const Reader& reader, const OrganizationId& organization,
                                  const RecordId& id, Position position);

}  // namespace byline
