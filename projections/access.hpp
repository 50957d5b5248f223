#pragma once

#include <optional>
#include <string>
#include <vector>

#include "events/field.hpp"
#include "projections/projection.hpp"

namespace byline {

/// Who is responsible for a record and who may open it. There is a row where either is said.
struct AccessRow {
  std::optional<AccountId> assignee;
  std::vector<AccountId> accounts;
  std::vector<TeamId> teams;

  bool has_list() const { return !accounts.empty() || !teams.empty(); }
  static void fields(auto& self, auto&& field) {
    field("assignee", self.assignee);
    field("accounts", self.accounts);
    field("teams", self.teams);
  }
};

std::string access_key(const OrganizationId& organization, const RecordId& id);
AccessRow parse_access_row(std::string_view bytes);

// Indexes, so that a list costs what it shows and not what it hides. Their entries end with a record's id.

/// Records of a collection without an access list.
std::string open_records_prefix(const OrganizationId& organization, std::string_view collection);
/// Records of a collection that are assigned to the account.
std::string assigned_records_prefix(const OrganizationId& organization, const AccountId& account,
                                    std::string_view collection);
/// Records of a collection whose access list names the account or team with this id.
std::string granted_records_prefix(const OrganizationId& organization, std::string_view grantee_id,
                                   std::string_view collection);

class AccessProjection final : public Projection {
 public:
  View view() const override { return View::access; }
  int version() const override { return 2; }
  int oldest_that_fits() const override { return 1; }
  void apply(const LogEntry& entry, Rows& rows) const override;
  LaneOf lane_of() const override { return lane_of_subject; }
};

}  // namespace byline
