#include "projections/teams.hpp"

#include <algorithm>

#include "projections/key.hpp"
#include "projections/row.hpp"

namespace byline {
namespace {

// T: rows; M: memberships by account.

class TeamFold {
 public:
  TeamFold(const LogEntry& entry, Rows& rows)
      : organization_(entry.organization), id_(entry.subject.as<TeamId>()), rows_(rows) {}

  void create(const TeamCreated& event) {
    rows_.put(key(), write_row(TeamRow{event.name, event.members}));
    for (const auto& member : event.members) join(member);
  }
  void rename(const TeamRenamed& event) {
    update_row<TeamRow>(rows_, key(), [&](TeamRow& row) { row.name = event.name; });
  }
  void change_members(const TeamMembersChanged& event) {
    update_row<TeamRow>(rows_, key(), [&](TeamRow& row) {
      for (const auto& member : row.members) leave(member);
      row.members = event.members;
    });
    for (const auto& member : event.members) join(member);
  }
  void remove() {
    for (const auto& member : parse_team_row(rows_.get(key()).value()).members) leave(member);
    rows_.erase(key());
  }

 private:
  std::string key() const { return team_key(organization_, id_); }

  MembershipRow membership(const AccountId& account) {
    auto bytes = rows_.get(membership_key(organization_, account));
    return bytes ? parse_membership_row(*bytes) : MembershipRow{};
  }
  void join(const AccountId& account) {
    auto row = membership(account);
    row.teams.insert(std::ranges::lower_bound(row.teams, id_), id_);
    rows_.put(membership_key(organization_, account), write_row(row));
  }
  void leave(const AccountId& account) {
    auto row = membership(account);
    std::erase(row.teams, id_);
    auto key = membership_key(organization_, account);
    if (row.teams.empty()) return rows_.erase(key);
    rows_.put(key, write_row(row));
  }

  const OrganizationId& organization_;
  const TeamId id_;
  Rows& rows_;
};

}  // namespace

std::string team_prefix(const OrganizationId& organization) { return make_key('T', organization); }
std::string team_key(const OrganizationId& organization, const TeamId& id) {
  return make_key('T', organization, id);
}
std::string membership_key(const OrganizationId& organization, const AccountId& account) {
  return make_key('M', organization, account);
}
TeamRow parse_team_row(std::string_view bytes) { return parse_row<TeamRow>(bytes); }
MembershipRow parse_membership_row(std::string_view bytes) { return parse_row<MembershipRow>(bytes); }

void TeamsProjection::apply(const LogEntry& entry, Rows& rows) const {
  if (entry.subject.kind != SubjectKind::team) return;
  TeamFold fold(entry, rows);
  if (auto* created = std::get_if<TeamCreated>(&entry.event)) fold.create(*created);
  if (auto* renamed = std::get_if<TeamRenamed>(&entry.event)) fold.rename(*renamed);
  if (auto* changed = std::get_if<TeamMembersChanged>(&entry.event)) fold.change_members(*changed);
  if (std::holds_alternative<TeamDeleted>(entry.event)) fold.remove();
}

}  // namespace byline
