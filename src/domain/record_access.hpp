#pragma once

#include <boost/container_hash/hash.hpp>
#include <expected>
#include <optional>
#include <span>
#include <vector>

#include "domain/default_collections.hpp"
#include "domain/problem.hpp"
#include "events/id.hpp"

namespace byline {

/// Who may open a record below the level All; nobody named means that there is no such list. Sorted.
struct AccessList {
  std::vector<AccountId> accounts;
  std::vector<TeamId> teams;

  bool empty() const { return accounts.empty() && teams.empty(); }
  friend bool operator==(const AccessList&, const AccessList&) = default;
  friend std::size_t hash_value(const AccessList& list) {
    std::size_t seed = list.accounts.size();
    boost::hash_range(seed, list.accounts.begin(), list.accounts.end());
    boost::hash_range(seed, list.teams.begin(), list.teams.end());
    return seed;
  }
};

/// What of a record decides who may open it.
struct RecordAccess {
  AccountId assignee;  ///< nil where it is assigned to nobody
  AccessList list;
  friend bool operator==(const RecordAccess&, const RecordAccess&) = default;
};

/// The lowest level at which a permission reaches the record for this account. Each level reaches what the
/// ones below it reach: an account keeps what is assigned to it when it is given more.
Level level_needed(const RecordAccess& access, const AccountId& account, std::span<const TeamId> teams);

/// What the operation takes on a record that needs this level: to edit or delete one, one must see it too.
std::vector<Permission> permissions_needed(const Collection& collection, Operation operation, Level needed);

/// How far the operation reaches in the collection: the lowest level of all that it takes.
Level reach_in(const Collection& collection, Operation operation, const PermissionMatrix& access);

/// A problem for each area of the collection in which the account has less than `needed`.
std::vector<Problem> missing_permissions(const Collection& collection, Operation operation,
                                         const PermissionMatrix& access, Level needed);

/// Whether the account may do this in the collection, to some of its records at least; to change what one
/// may not see is refused too.
std::expected<void, Rejection> permit_in(const Collection& collection, Operation operation,
                                         const PermissionMatrix& access);

/// Whether the account may do this to the record that it needs the level `needed` for; nullopt where there
/// is no such record. One that may not be seen is not found; one that may be seen but not changed names what
/// is missing.
std::expected<void, Rejection> permit(const Collection& collection, Operation operation,
                                      const PermissionMatrix& access, std::optional<Level> needed);

}  // namespace byline
