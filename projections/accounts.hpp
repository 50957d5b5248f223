#pragma once

#include <optional>
#include <string>
#include <vector>

#include "events/field.hpp"
#include "projections/projection.hpp"

namespace byline {

enum class AccountStatus : std::uint8_t { active, deactivated, deleted, erased };
std::string_view name_of(AccountStatus status);
template <>
struct EnumNames<AccountStatus> {
  static std::optional<AccountStatus> find(std::string_view name);
};
template <>
struct EnumNames<SubjectKind> {
  static std::optional<SubjectKind> find(std::string_view name) { return subject_kind_named(name); }
};

/// Users and applications alike: who an id is, and what it may do. A deleted account stays, for its name
/// stands on what it signed; its address does not. One that was erased has no name either.
struct AccountRow {
  SubjectKind kind = SubjectKind::user;
  std::string name;
  std::string email;
  std::string email_key;  ///< the form of the address by which it is unique
  AccountStatus status = AccountStatus::active;
  std::vector<RoleId> roles;

  static void fields(auto& self, auto&& field) {
    field("kind", self.kind);
    field("name", self.name);
    field("email", self.email);
    field("email_key", self.email_key);
    field("status", self.status);
    field("roles", self.roles);
  }

  bool is_gone() const { return status == AccountStatus::deleted || status == AccountStatus::erased; }
};

std::string account_prefix(const OrganizationId& organization);
std::string account_key(const OrganizationId& organization, const AccountId& id);
/// Entries of the index of users, which ends with the user's id.
std::string user_index_prefix(const OrganizationId& organization);
/// The row under this is the key of the row of the account whose address it is, in whichever organization.
std::string email_index_key(std::string_view email_key);
AccountRow parse_account_row(std::string_view bytes);

class AccountsProjection final : public Projection {
 public:
  View view() const override { return View::accounts; }
  int version() const override { return 4; }
  int oldest_that_fits() const override { return 3; }
  void apply(const LogEntry& entry, Rows& rows) const override;
};

}  // namespace byline
