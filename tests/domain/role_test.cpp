#include "domain/role.hpp"

#include <gtest/gtest.h>

#include "domain/example.hpp"
#include "domain/given.hpp"

namespace byline::test {
namespace {

using enum Operation;

const auto kViewsPeople = permits({{Area::people, {view}}});

CreateRole creation(std::string name = "Day Shift", const PermissionMatrix& permissions = kViewsPeople) {
  return {.id = kNewRole, .name = std::move(name), .permissions = permissions};
}
ChangeRole new_permissions(const PermissionMatrix& permissions) {
  return {.id = kNightShift, .permissions = permissions};
}
NewEvent happened(Event event) { return {role(kNightShift), std::move(event)}; }

// -- create

TEST(CreateRole, MakesACustomRole) {
  given(acme())
      .as(kAnn)
      .when(creation())
      .then({{role(kNewRole), RoleCreated{"Day Shift", kViewsPeople, std::nullopt}}});
}

TEST(CreateRole, MayPermitNothing) {
  given(acme())
      .as(kAnn)
      .when(creation("Empty", {}))
      .then({{role(kNewRole), RoleCreated{"Empty", {}, std::nullopt}}});
}

TEST(CreateRole, IsForThoseWhoMayCreateRoles) {
  given(acme())
      .as(kBen)
      .when(creation())
      .refused_naming({Code::permission_missing, ""}, "admin.roles:create");
}

TEST(CreateRole, NamesAreUniqueUpperAndLowerCaseAside) {
  for (const char* taken : {"Night Shift", "NIGHT SHIFT", "night shift", "Intake Worker", "ADMIN"}) {
    SCOPED_TRACE(taken);
    given(acme()).as(kAnn).when(creation(taken)).refused({{Code::role_name_taken, "name"}});
  }
  given(acme(), {{role(kNightShift), RoleRenamed{"Straße"}}})
      .as(kAnn)
      .when(creation("STRASSE"))
      .refused({{Code::role_name_taken, "name"}});
}

TEST(CreateRole, NamesOfAnotherOrganizationAreFree) {
  given(acme())
      .in(kBirch, birch())
      .in(kAcme, {})
      .as(kAnn)
      .when(creation("Clerk"))
      .then({{role(kNewRole), RoleCreated{"Clerk", kViewsPeople, std::nullopt}}});
}

TEST(CreateRole, NobodyPutsInWhatTheyMayNotDo) {
  auto engage = permits({{Area::engage, {view, create}}, {Area::people, {view}}});
  given(acme())
      .as(kAnn)
      .when(creation("Case work", engage))
      .refused({{Code::role_exceeds_giver, "permissions/engage/view"},
                {Code::role_exceeds_giver, "permissions/engage/create"}});
  given(acme())
      .as(kAnn)
      .when(creation("Case work", permits({{Area::engage, {remove}, Level::assignments}})))
      .refused_naming({Code::role_exceeds_giver, "permissions/engage/delete"}, "engage:delete");
}

TEST(CreateRole, LevelsBelowAllExistOnlyWhereRecordsAreAssigned) {
  for (auto level : {Level::assignments, Level::limited}) {
    for (auto area :
         {Area::admin_applications, Area::admin_users, Area::admin_roles, Area::admin_organization,
          Area::admin_audit, Area::admin_projections, Area::portal, Area::provider_portal, Area::reporting}) {
      given(acme())
          .as(kSystemAccount)
          .when(creation("Odd", permits({{area, {view}, level}})))
          .refused({{Code::invalid_value, "permissions/" + std::string(name_of(area)) + "/view"}});
    }
    for (auto area : {Area::people, Area::engage, Area::intake, Area::provider_management}) {
      auto permissions = permits({{area, {view}, level}});
      given(acme())
          .as(kSystemAccount)
          .when(creation("Odd", permissions))
          .then({{role(kNewRole), RoleCreated{"Odd", permissions, std::nullopt}}});
    }
  }
}

TEST(CreateRole, AnswersEveryProblemAtOnce) {
  auto command =
      creation("night shift", permits({{Area::engage, {view}}, {Area::reporting, {view}, Level::limited}}));
  command.id = kNightShift;
  command.problems = {{Code::invalid_value, "permissions/cooking", {}}};
  given(acme()).as(kAnn).when(command).refused({{Code::invalid_value, "permissions/cooking"},
                                                {Code::already_exists, ""},
                                                {Code::invalid_value, "permissions/reporting/view"},
                                                {Code::role_exceeds_giver, "permissions/engage/view"}});
}

// -- change

TEST(ChangeRole, RenamesItAndChangesItsPermissions) {
  given(acme())
      .as(kAnn)
      .when(ChangeRole{.id = kNightShift, .name = "Late Shift", .permissions = kViewsPeople})
      .then({happened(RoleRenamed{"Late Shift"}), happened(RolePermissionsChanged{kViewsPeople})});
}

TEST(ChangeRole, MayChangeTheCaseOfItsOwnName) {
  given(acme())
      .as(kAnn)
      .when(ChangeRole{.id = kNightShift, .name = "NIGHT shift"})
      .then({happened(RoleRenamed{"NIGHT shift"})});
}

TEST(ChangeRole, IsNoEventWhereNothingChanges) {
  given(acme()).as(kAnn).when(ChangeRole{.id = kNightShift}).then_nothing();
  given(acme())
      .as(kAnn)
      .when(ChangeRole{
          .id = kNightShift, .name = "Night Shift", .permissions = permits({{Area::intake, {view}}})})
      .then_nothing();
}

TEST(ChangeRole, NamesStayUnique) {
  given(acme())
      .as(kAnn)
      .when(ChangeRole{.id = kNightShift, .name = "intake worker"})
      .refused({{Code::role_name_taken, "name"}});
}

TEST(ChangeRole, RenamingAndDeletingFreeTheName) {
  for (const Event& gone : {Event(RoleRenamed{"Late Shift"}), Event(RoleDeleted{})}) {
    given(acme(), {happened(gone)})
        .as(kAnn)
        .when(creation("Night Shift"))
        .then({{role(kNewRole), RoleCreated{"Night Shift", kViewsPeople, std::nullopt}}});
  }
}

TEST(ChangeRole, ADefaultRoleMayBeEdited) {
  given(acme())
      .as(kAnn)
      .when(ChangeRole{.id = kIntakeWorker, .name = "Screener", .permissions = kViewsPeople})
      .then({{role(kIntakeWorker), RoleRenamed{"Screener"}},
             {role(kIntakeWorker), RolePermissionsChanged{kViewsPeople}}});
}

TEST(ChangeRole, ALockedRoleMayNotEvenByTheOperator) {
  for (const auto& actor : {kAnn, kSystemAccount}) {
    given(acme())
        .as(actor)
        .when(ChangeRole{.id = kAdmin, .name = "Boss"})
        .refused_naming({Code::role_locked, ""}, "Admin is fixed: it cannot be changed or deleted");
  }
}

TEST(ChangeRole, NobodyPutsInWhatTheyMayNotDo) {
  given(acme())
      .as(kAnn)
      .when(new_permissions(permits({{Area::intake, {view}}, {Area::engage, {view}}})))
      .refused({{Code::role_exceeds_giver, "permissions/engage/view"}});
}

TEST(ChangeRole, WhatIsInItAlreadyMayStayOrShrink) {
  // Engage Worker: engage view and edit on assignments, create; people view, edit, create.
  auto kept = permits({{Area::engage, {view}, Level::assignments}, {Area::engage, {create}}});
  given(acme())
      .as(kAnn)
      .when(ChangeRole{.id = kEngageWorker, .permissions = kept})
      .then({{role(kEngageWorker), RolePermissionsChanged{kept}}});
  auto raised = permits({{Area::engage, {view}, Level::limited}, {Area::engage, {create}}});
  given(acme())
      .as(kAnn)
      .when(ChangeRole{.id = kEngageWorker, .permissions = raised})
      .refused({{Code::role_exceeds_giver, "permissions/engage/view"}});
}

TEST(ChangeRole, NobodyRaisesTheirOwn) {
  auto editor = permits({{Area::admin_roles, {edit}}});
  auto raised = permits({{Area::admin_roles, {edit}}, {Area::admin_users, {edit}}});
  given(acme(), {{role(kNewRole), RoleCreated{"Role editor", editor, {}}},
                 {user(kBen), UserRolesChanged{{kNewRole}}}})
      .as(kBen)
      .when(ChangeRole{.id = kNewRole, .permissions = raised})
      .refused({{Code::role_exceeds_giver, "permissions/admin.users/edit"}});
}

TEST(ChangeRole, IsForThoseWhoMayEditRoles) {
  given(acme())
      .as(kBen)
      .when(ChangeRole{.id = kNightShift, .name = "Mine"})
      .refused_naming({Code::permission_missing, ""}, "admin.roles:edit");
}

TEST(ChangeRole, RefusesAVersionThatIsNoLongerTheNewest) {
  given(acme(), {happened(RoleRenamed{"Second"})})
      .as(kAnn)
      .having_seen(1)
      .when(ChangeRole{.id = kNightShift, .name = "Mine"})
      .refused({{Code::stale_version, ""}});
  given(acme(), {happened(RoleRenamed{"Second"})})
      .as(kAnn)
      .having_seen(2)
      .when(ChangeRole{.id = kNightShift, .name = "Mine"})
      .then({happened(RoleRenamed{"Mine"})});
}

// -- delete

TEST(DeleteRole, RemovesACustomRoleThatNobodyHas) {
  given(acme()).as(kAnn).when(DeleteRole{kNightShift}).then({happened(RoleDeleted{})});
  given(acme(), {happened(RoleDeleted{})})
      .as(kAnn)
      .when(DeleteRole{kNightShift})
      .refused({{Code::not_found, ""}});
}

TEST(DeleteRole, IsRefusedWhileAnAccountHasIt) {
  std::vector<NewEvent> held = {
      {user(kBen), UserRolesChanged{{kNightShift}}},
      {application(kImport), ApplicationRolesChanged{{kIntakeWorker, kNightShift}}}};
  given(acme(), held).as(kAnn).when(DeleteRole{kNightShift}).refused_naming({Code::role_in_use, ""}, "2");
}

TEST(DeleteRole, IsRefusedWhileADeactivatedAccountHasIt) {
  given(acme(), {{user(kBen), UserRolesChanged{{kNightShift}}}, {user(kBen), UserDeactivated{}}})
      .as(kAnn)
      .when(DeleteRole{kNightShift})
      .refused_naming({Code::role_in_use, ""}, "1");
}

TEST(DeleteRole, IsAllowedOnceTheLastAccountLostIt) {
  for (const Event& lost : {Event(UserDeleted{}), Event(UserRolesChanged{{kIntakeWorker}})}) {
    given(acme(), {{user(kBen), UserRolesChanged{{kNightShift}}}, {user(kBen), lost}})
        .as(kAnn)
        .when(DeleteRole{kNightShift})
        .then({happened(RoleDeleted{})});
  }
}

TEST(DeleteRole, ADefaultRoleStays) {
  for (const auto& id : {kAdmin, kEngageWorker}) {
    given(acme()).as(kAnn).when(DeleteRole{id}).refused({{Code::role_locked, ""}});
  }
}

TEST(DeleteRole, IsForThoseWhoMayDeleteRoles) {
  given(acme())
      .as(kBen)
      .when(DeleteRole{kNightShift})
      .refused_naming({Code::permission_missing, ""}, "admin.roles:delete");
}

TEST(DeleteRole, RefusesAVersionThatIsNoLongerTheNewest) {
  given(acme()).as(kAnn).having_seen(2).when(DeleteRole{kNightShift}).refused({{Code::stale_version, ""}});
}

TEST(Role, IsCopiedWithWhatTheOtherGives) {
  given(acme())
      .as(kAnn)
      .when(CreateRole{.id = kNewRole, .name = "Night Copy", .copied_from = kNightShift})
      .then({{role(kNewRole),
              RoleCreated{"Night Copy", permits({{Area::intake, {Operation::view}}}), {}, kNightShift}}});
  given(acme())
      .as(kAnn)
      .when(CreateRole{
          .id = kNewRole, .name = "Narrower", .permissions = kViewsPeople, .copied_from = kIntakeWorker})
      .then({{role(kNewRole), RoleCreated{"Narrower", kViewsPeople, {}, kIntakeWorker}}});
}

TEST(Role, IsNoCopyOfAFixedOrUnknownRole) {
  given(acme())
      .as(kAnn)
      .when(CreateRole{.id = kNewRole, .name = "Copy", .copied_from = kAdmin})
      .refused({{Code::role_locked, "copied_from"}});
  for (const auto& id : {kNewRole, kBirchClerk}) {
    given(acme())
        .in(kBirch, birch())
        .in(kAcme, {})
        .as(kAnn)
        .when(CreateRole{.id = numbered_id<RoleId>(99), .name = "Copy", .copied_from = id})
        .refused({{Code::unknown_role, "copied_from"}});
  }
}

TEST(Role, IsNoCopyThatGivesWhatTheCopierMayNotDo) {
  // Ann may do nothing in Engage.
  auto decision = decide(given(acme()).state(), {kAnn, kAcme, {}},
                         CreateRole{.id = kNewRole, .name = "Copy", .copied_from = kEngageWorker});
  ASSERT_FALSE(decision);
  for (const auto& problem : decision.error().problems) EXPECT_EQ(problem.code, Code::role_exceeds_giver);
}

}  // namespace
}  // namespace byline::test
