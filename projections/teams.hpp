#pragma once

#include <string>
#include <vector>

#include "events/field.hpp"
#include "projections/projection.hpp"

namespace byline {

struct TeamRow {
  std::string name;
  std::vector<AccountId> members;

  static void fields(auto& self, auto&& field) {
    field("name", self.name);
    field("members", self.members);
  }
};

/// The teams that an account is in, sorted. No row where it is in none.
struct MembershipRow {
  std::vector<TeamId> teams;

  static void fields(auto& self, auto&& field) { field("teams", self.teams); }
};

std::string team_prefix(const OrganizationId& organization);
std::string team_key(const OrganizationId& organization, const TeamId& id);
std::string membership_key(const OrganizationId& organization, const AccountId& account);
TeamRow parse_team_row(std::string_view bytes);
MembershipRow parse_membership_row(std::string_view bytes);

class TeamsProjection final : public Projection {
 public:
  View view() const override { return View::teams; }
  int version() const override { return 2; }
  int oldest_that_fits() const override { return 1; }
  void apply(const LogEntry& entry, Rows& rows) const override;
};

}  // namespace byline
