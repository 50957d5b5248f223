// Which roles an account may be given, and by whom. Users and applications are treated alike.

#include <gtest/gtest.h>

#include "domain/example.hpp"
#include "domain/given.hpp"
#include "domain/limits.hpp"

namespace byline::test {
namespace {

std::vector<Command> giving(const std::vector<RoleId>& roles) {
  return {RegisterApplication{.id = kNewAccount,
                              .credentials = {{kNewCredential, MadeSecret{}}},
                              .name = "New",
                              .email = email("new@acme.example"),
                              .roles = roles},
          CreateUser{.id = kNewAccount, .name = "New", .email = email("new@acme.example"), .roles = roles},
          ChangeApplication{.id = kImport, .roles = roles}, ChangeUser{.id = kBen, .roles = roles}};
}

void expect_refused(const std::vector<RoleId>& roles, const std::vector<Reason>& reasons,
                    const std::vector<NewEvent>& more = {}) {
  for (const auto& command : giving(roles)) {
    SCOPED_TRACE("command " + std::to_string(command.index()));
    given(acme()).in(kBirch, birch()).in(kAcme, more).as(kAnn).when(command).refused(reasons);
  }
}

void expect_accepted(const std::vector<RoleId>& roles, const std::vector<NewEvent>& more = {}) {
  const auto state = given(acme(), more).state();
  for (const auto& command : giving(roles)) {
    auto decision =
        std::visit([&](const auto& asked) { return decide(state, {kAnn, kAcme, {}}, asked); }, command);
    EXPECT_TRUE(decision) << "command " << command.index() << ": "
                          << explain(decision.error().problems.at(0));
  }
}

std::vector<RoleId> make_roles(std::size_t count, std::vector<NewEvent>& events) {
  std::vector<RoleId> roles;
  for (std::size_t i = 0; i < count; ++i) {
    roles.push_back(numbered_id<RoleId>(1'000 + i));
    events.push_back({role(roles.back()), RoleCreated{"Role " + std::to_string(i), {}, {}}});
  }
  return roles;
}

TEST(GivingRoles, OneAtLeast) { expect_refused({}, {{Code::required, "roles"}}); }

TEST(GivingRoles, OfTheSameOrganization) {
  expect_refused({kBirchClerk}, {{Code::unknown_role, "roles/0"}});
  expect_refused({kNightShift, kBirchClerk}, {{Code::unknown_role, "roles/1"}});
}

TEST(GivingRoles, AForeignRoleIsAnsweredLikeAnUnknownOne) {
  for (const auto& command : giving({kBirchClerk})) {
    given(acme())
        .in(kBirch, birch())
        .in(kAcme, {})
        .as(kAnn)
        .when(command)
        .refused_naming({Code::unknown_role, "roles/0"}, "");
  }
  for (const auto& command : giving({numbered_id<RoleId>(999)})) {
    given(acme()).as(kAnn).when(command).refused_naming({Code::unknown_role, "roles/0"}, "");
  }
}

TEST(GivingRoles, ADeletedRoleIsUnknown) {
  expect_refused({kNightShift}, {{Code::unknown_role, "roles/0"}}, {{role(kNightShift), RoleDeleted{}}});
}

TEST(GivingRoles, NoneTwice) {
  expect_refused({kNightShift, kIntakeWorker, kNightShift, kNightShift},
                 {{Code::duplicate_value, "roles/2"}, {Code::duplicate_value, "roles/3"}});
}

TEST(GivingRoles, NoMoreThanTheLimit) {
  std::vector<NewEvent> events;
  auto roles = make_roles(kMaxRolesOfAccount + 1, events);
  expect_refused(roles, {{Code::too_large, "roles"}}, events);
  roles.pop_back();
  expect_accepted(roles, events);
}

TEST(GivingRoles, AnIdThatCouldNotBeReadIsOneProblemAndNotTwo) {
  auto command = CreateUser{.id = kNewAccount,
                            .name = "New",
                            .email = email("new@acme.example"),
                            .roles = {RoleId{}, kNightShift},
                            .problems = {{Code::invalid_id, "roles/0", {}}}};
  given(acme()).as(kAnn).when(command).refused({{Code::invalid_id, "roles/0"}});
}

TEST(GivingRoles, NobodyGivesAPermissionTheyLack) {
  // Ann may do nothing in Engage.
  expect_refused({kEngageWorker}, {{Code::role_exceeds_giver, "roles/0"}});
  expect_refused({kIntakeWorker, kEngageWorker}, {{Code::role_exceeds_giver, "roles/1"}});
}

TEST(GivingRoles, TheRefusalNamesTheRole) {
  given(acme())
      .as(kAnn)
      .when(ChangeUser{.id = kBen, .roles = {{kEngageWorker}}})
      .refused_naming({Code::role_exceeds_giver, "roles/0"}, "Engage Worker");
}

TEST(GivingRoles, ALowerLevelIsNotEnoughToGiveAHigherOne) {
  auto views_own = permits({{Area::engage, {Operation::view}, Level::assignments}});
  auto views_limited = permits({{Area::engage, {Operation::view}, Level::limited}});
  const auto own = numbered_id<RoleId>(71);
  const auto limited = numbered_id<RoleId>(72);
  std::vector<NewEvent> events = {{role(own), RoleCreated{"Own", views_own, {}}},
                                  {role(limited), RoleCreated{"Limited", views_limited, {}}},
                                  {user(kAnn), UserRolesChanged{{kAdmin, own}}}};
  given(acme(), events)
      .as(kAnn)
      .when(ChangeUser{.id = kBen, .roles = {{own}}})
      .then({{user(kBen), UserRolesChanged{{own}}}});
  given(acme(), events)
      .as(kAnn)
      .when(ChangeUser{.id = kBen, .roles = {{limited}}})
      .refused({{Code::role_exceeds_giver, "roles/0"}});
}

TEST(GivingRoles, WhatTheGiverMayDoIsTheUnionOfTheirRoles) {
  // Intake from one role, administration from the other.
  expect_accepted({kAdmin, kIntakeSupervisor});
}

TEST(GivingRoles, NobodyRaisesThemselves) {
  given(acme())
      .as(kAnn)
      .when(ChangeUser{.id = kAnn, .roles = {{kAdmin, kEngageWorker}}})
      .refused({{Code::role_exceeds_giver, "roles/1"}});
  given(acme())
      .as(kRobot)
      .when(ChangeApplication{.id = kRobot, .roles = {{kAdmin, kIntakeWorker}}})
      .refused({{Code::role_exceeds_giver, "roles/1"}});
}

TEST(GivingRoles, WhatAnAccountHasAlreadyItMayKeep) {
  std::vector<NewEvent> events = {{application(kImport), ApplicationRolesChanged{{kEngageWorker}}},
                                  {user(kBen), UserRolesChanged{{kEngageWorker}}}};
  given(acme(), events)
      .as(kAnn)
      .when(ChangeApplication{.id = kImport, .roles = {{kEngageWorker, kIntakeWorker}}})
      .then({{application(kImport), ApplicationRolesChanged{{kEngageWorker, kIntakeWorker}}}});
  given(acme(), events)
      .as(kAnn)
      .when(ChangeUser{.id = kBen, .roles = {{kIntakeWorker, kEngageWorker}}})
      .then({{user(kBen), UserRolesChanged{{kIntakeWorker, kEngageWorker}}}});
}

TEST(GivingRoles, WhatWasTakenAwayIsNoLongerHeld) {
  given(acme(),
        {{user(kBen), UserRolesChanged{{kEngageWorker}}}, {user(kBen), UserRolesChanged{{kNightShift}}}})
      .as(kAnn)
      .when(ChangeUser{.id = kBen, .roles = {{kEngageWorker}}})
      .refused({{Code::role_exceeds_giver, "roles/0"}});
}

TEST(GivingRoles, AnyRoleMayBeTakenAway) {
  given(acme(), {{user(kBen), UserRolesChanged{{kEngageWorker, kNightShift}}}})
      .as(kAnn)
      .when(ChangeUser{.id = kBen, .roles = {{kNightShift}}})
      .then({{user(kBen), UserRolesChanged{{kNightShift}}}});
}

TEST(GivingRoles, ARolesPermissionsHoldAtOnceForThoseWhoHaveIt) {
  auto state = given(acme()).state();
  auto access = [&] {
    return state.access_of(*state.find_account(kBen)).at(Area::people, Operation::remove);
  };
  EXPECT_EQ(access(), Level::none);
  auto may_delete = permits({{Area::people, {Operation::remove}}});
  fold(state, kAcme, {{role(kIntakeWorker), RolePermissionsChanged{may_delete}}});
  EXPECT_EQ(access(), Level::all);
}

}  // namespace
}  // namespace byline::test
