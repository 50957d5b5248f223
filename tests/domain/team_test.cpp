#include "domain/team.hpp"

#include <gtest/gtest.h>

#include "domain/example.hpp"
#include "domain/given.hpp"
#include "domain/limits.hpp"

namespace byline::test {
namespace {

const auto kTeam = numbered_id<TeamId>(70);
const auto kOther = numbered_id<TeamId>(71);

std::vector<NewEvent> night_team(std::vector<AccountId> members = {kBen, kImport}) {
  return {{team(kTeam), TeamCreated{"Night", std::move(members)}}};
}

TEST(Team, IsCreatedChangedAndDeleted) {
  given(acme())
      .as(kAnn)
      .when(CreateTeam{.id = kTeam, .name = "Night", .members = {kBen, kImport}})
      .then({{team(kTeam), TeamCreated{"Night", {kBen, kImport}}}});
  given(acme(), night_team())
      .as(kAnn)
      .when(ChangeTeam{.id = kTeam, .name = "Day", .members = std::vector{kBen}})
      .then({{team(kTeam), TeamRenamed{"Day"}}, {team(kTeam), TeamMembersChanged{{kBen}}}});
  given(acme(), night_team()).as(kAnn).when(DeleteTeam{kTeam}).then({{team(kTeam), TeamDeleted{}}});
}

TEST(Team, NeedsTheRightToAdministerUsers) {
  for (const Command& command :
       {Command(CreateTeam{.id = kOther, .name = "Mine"}),
        Command(ChangeTeam{.id = kTeam, .members = std::vector{kImport}}), Command(DeleteTeam{kTeam})}) {
    given(acme(), night_team()).as(kImport).when(command).refused({{Code::permission_missing, ""}});
  }
}

TEST(Team, HasANameThatIsUniqueCaseAside) {
  given(acme(), night_team())
      .as(kAnn)
      .when(CreateTeam{.id = kOther, .name = "NIGHT"})
      .refused({{Code::team_name_taken, "name"}});
  given(acme(), night_team())
      .as(kAnn)
      .when(ChangeTeam{.id = kTeam, .name = "NIGHT"})
      .then({{team(kTeam), TeamRenamed{"NIGHT"}}});
  // A role's name is another thing, and a deleted team's is free.
  given(acme(), {{team(kTeam), TeamCreated{"Night", {}}}, {team(kTeam), TeamDeleted{}}})
      .as(kAnn)
      .when(CreateTeam{.id = kOther, .name = "Night"})
      .then({{team(kOther), TeamCreated{"Night", {}}}});
  given(acme())
      .as(kAnn)
      .when(CreateTeam{.id = kOther, .name = "Night Shift"})
      .then({{team(kOther), TeamCreated{"Night Shift", {}}}});
}

TEST(Team, HasMembersThatAreThereEachOnce) {
  given(acme())
      .in(kBirch, birch())
      .in(kAcme, {})
      .as(kAnn)
      .when(CreateTeam{.id = kTeam, .name = "Night", .members = {kBen, kBea, kBen, kNewAccount}})
      .refused({{Code::unknown_account, "members/1"},
                {Code::duplicate_value, "members/2"},
                {Code::unknown_account, "members/3"}});
  given(acme())
      .as(kAnn)
      .when(CreateTeam{
          .id = kTeam, .name = "Night", .members = std::vector<AccountId>(kMaxMembersOfTeam + 1, kBen)})
      .refused({{Code::too_large, "members"}});
}

TEST(Team, IsLeftByAnAccountThatIsDeleted) {
  given(acme(), night_team())
      .as(kAnn)
      .when(DeleteApplication{kImport})
      .then({{team(kTeam), TeamMembersChanged{{kBen}}}, {application(kImport), ApplicationDeleted{}}});
  given(acme(), night_team())
      .as(kAnn)
      .when(DeleteUser{kBen})
      .then({{team(kTeam), TeamMembersChanged{{kImport}}}, {user(kBen), UserDeleted{}}});
}

TEST(Team, IsNoEventWhereNothingChanges) {
  given(acme(), night_team())
      .as(kAnn)
      .when(ChangeTeam{.id = kTeam, .name = "Night", .members = std::vector{kImport, kBen}})
      .then_nothing();
}

TEST(Team, OfAnotherOrganizationIsNotFound) {
  for (const Command& command :
       {Command(ChangeTeam{.id = kTeam, .name = "Ours"}), Command(DeleteTeam{kTeam})}) {
    given(acme())
        .in(kBirch, {{team(kTeam), TeamCreated{"Night", {}}}})
        .in(kAcme, {})
        .as(kAnn)
        .when(command)
        .refused({{Code::not_found, ""}});
  }
}

TEST(Team, RefusesAVersionThatIsNoLongerTheNewest) {
  given(acme(), night_team())
      .as(kAnn)
      .having_seen(2)
      .when(DeleteTeam{kTeam})
      .refused({{Code::stale_version, ""}});
}

}  // namespace
}  // namespace byline::test
