#pragma once

#include <string>
#include <vector>

#include "domain/decision.hpp"
#include "domain/email.hpp"
#include "domain/state.hpp"

namespace byline {

// Rules that the commands of several subjects share.

/// `intake:delete`, as texts for people and machines name a permission.
std::string permission_name(Area area, Operation operation);

/// What is missing, for an account that has the permission at the level `held`.
Problem missing_permission(const Permission& permission, Level held);

/// The caller's rights, where it may do `operation` in `area` at level All; otherwise why not: the account is
/// not active, the organization's plan has no API for applications, or the permission is missing.
/// The system account may do everything.
std::expected<PermissionMatrix, Rejection> authorize(const State& state, const Context& context, Area area,
                                                     Operation operation);
/// The same without asking for a permission yet.
std::expected<PermissionMatrix, Rejection> authenticate(const State& state, const Context& context);

/// The caller saw this version, or did not say which it saw.
bool is_current(const Context& context, Version version);

/// The account of this kind in the caller's organization, where the caller has seen its newest version.
std::expected<const State::Account*, Rejection> find_account_for(const State& state, const Context& context,
                                                                 const AccountId& id, SubjectKind kind);

/// An account of the caller's organization that is not deleted.
bool is_known_account(const State& state, const Context& context, const AccountId& id);

/// Adds a problem when the address belongs to an account other than `self`.
void check_email_free(const State& state, const EmailAddress& email, const AccountId& self,
                      std::vector<Problem>& problems);

/// Adds a problem for every role that is unknown here, named twice, or (unless among `held`, which the
/// account has already) gives what the giver lacks; and when there is no role, or too many.
void check_roles(const State& state, const Context& context, const PermissionMatrix& giver,
                 const std::vector<RoleId>& roles, const std::vector<RoleId>& held,
                 std::vector<Problem>& problems);

/// An account's roles are a set: their order is no difference.
bool are_same_roles(const std::vector<RoleId>& a, const std::vector<RoleId>& b);

/// What takes an account that is to be deleted out of its teams.
std::vector<NewEvent> leave_teams(const State& state, const AccountId& account);

/// When a client secret issued at `from` must be over, where the organization says so.
std::optional<Time> latest_secret_end(const State& state, const OrganizationId& organization, Time from);

/// Whether the caller came by a user's access token that ends: it is not there to become a way in that does
/// not.
bool came_by_ending_token(const Context& context);

/// True when the account is the only active user left that has the organization's administrator role.
bool is_last_administrator(const State& state, const State::Account& account);

}  // namespace byline
