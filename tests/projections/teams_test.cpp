#include "projections/teams.hpp"

#include "view_fixture.hpp"

namespace byline::test {
namespace {

const auto kNight = id_of<TeamId>(51);
const auto kDay = id_of<TeamId>(52);

class TeamsView : public ViewFixture {
 protected:
  TeamsView() : ViewFixture(View::teams) {}
  void of(const TeamId& id, Event event) { given({SubjectKind::team, id}, std::move(event)); }
  std::vector<TeamId> teams(const AccountId& account) {
    auto found = row(membership_key(kHarbor, account));
    return found ? parse_membership_row(*found).teams : std::vector<TeamId>();
  }
};

TEST_F(TeamsView, MembershipsFollowTheMembers) {
  of(kDay, TeamCreated{"Day", {kBo}});
  of(kNight, TeamCreated{"Night", {kBo, kImport}});
  EXPECT_EQ(teams(kBo), (std::vector{kNight, kDay}));  // sorted
  EXPECT_EQ(teams(kImport), std::vector{kNight});
  of(kNight, TeamMembersChanged{{kImport, kAda}});
  EXPECT_EQ(teams(kBo), std::vector{kDay});
  EXPECT_EQ(teams(kAda), std::vector{kNight});
  of(kNight, TeamRenamed{"Late"});
  auto parsed = parse_team_row(row(team_key(kHarbor, kNight)).value());
  EXPECT_EQ(parsed.name, "Late");
  EXPECT_EQ(parsed.members, (std::vector{kImport, kAda}));
  of(kNight, TeamDeleted{});
  EXPECT_TRUE(teams(kImport).empty());
  of(kDay, TeamDeleted{});
  EXPECT_TRUE(rows().empty());
}

}  // namespace
}  // namespace byline::test
