// Somebody must be left who can administer: an organization never loses its last active administrator.

#include <gtest/gtest.h>

#include "domain/example.hpp"
#include "domain/given.hpp"

namespace byline::test {
namespace {

const auto kSecond = numbered_id<AccountId>(70);

/// Acme with a second administrator.
std::vector<NewEvent> two_administrators() {
  auto events = acme();
  events.push_back(made_user(kSecond, "second@acme.example", {kAdmin, kIntakeSupervisor}));
  return events;
}

TEST(LastAdministrator, CannotLoseTheRole) {
  given(acme())
      .as(kAnn)
      .when(ChangeUser{.id = kAnn, .roles = {{kIntakeSupervisor}}})
      .refused({{Code::last_administrator, "roles"}});
}

TEST(LastAdministrator, CannotBeDeactivated) {
  given(acme())
      .as(kAnn)
      .when(ChangeUser{.id = kAnn, .active = false})
      .refused({{Code::last_administrator, "status"}});
}

TEST(LastAdministrator, CannotBeDeleted) {
  given(acme()).as(kAnn).when(DeleteUser{kAnn}).refused({{Code::last_administrator, ""}});
}

TEST(LastAdministrator, IsProtectedFromAnApplicationAndFromTheSystemToo) {
  for (const auto& actor : {kRobot, kSystemAccount}) {
    given(acme()).as(actor).when(DeleteUser{kAnn}).refused({{Code::last_administrator, ""}});
    given(acme())
        .as(actor)
        .when(ChangeUser{.id = kAnn, .active = false})
        .refused({{Code::last_administrator, "status"}});
  }
}

TEST(LastAdministrator, MayChangeEverythingElse) {
  given(acme())
      .as(kAnn)
      .when(ChangeUser{.id = kAnn, .name = "Anna", .roles = {{kAdmin}}, .active = true})
      .then({{user(kAnn), UserRenamed{"Anna"}}, {user(kAnn), UserRolesChanged{{kAdmin}}}});
}

TEST(LastAdministrator, ASecondOneMayLoseTheRole) {
  given(two_administrators())
      .as(kAnn)
      .when(ChangeUser{.id = kSecond, .roles = {{kIntakeWorker}}})
      .then({{user(kSecond), UserRolesChanged{{kIntakeWorker}}}});
  given(two_administrators())
      .as(kAnn)
      .when(ChangeUser{.id = kAnn, .roles = {{kIntakeSupervisor}}})
      .then({{user(kAnn), UserRolesChanged{{kIntakeSupervisor}}}});
}

TEST(LastAdministrator, ASecondOneMayBeDeactivatedOrDeleted) {
  given(two_administrators())
      .as(kSecond)
      .when(ChangeUser{.id = kAnn, .active = false})
      .then({{user(kAnn), UserDeactivated{}}});
  given(two_administrators()).as(kAnn).when(DeleteUser{kAnn}).then({{user(kAnn), UserDeleted{}}});
}

TEST(LastAdministrator, IsWhoIsLeftWhenTheOthersAreGone) {
  for (const Event& gone :
       {Event(UserDeactivated{}), Event(UserDeleted{}), Event(UserRolesChanged{{kNightShift}})}) {
    given(two_administrators(), {{user(kSecond), gone}})
        .as(kAnn)
        .when(DeleteUser{kAnn})
        .refused({{Code::last_administrator, ""}});
  }
}

TEST(LastAdministrator, IsNoLongerTheLastWhenAnotherIsReactivatedOrAppointed) {
  given(two_administrators(), {{user(kSecond), UserDeactivated{}}, {user(kSecond), UserReactivated{}}})
      .as(kAnn)
      .when(DeleteUser{kAnn})
      .then({{user(kAnn), UserDeleted{}}});
  given(acme(), {{user(kBen), UserRolesChanged{{kAdmin}}}})
      .as(kAnn)
      .when(DeleteUser{kAnn})
      .then({{user(kAnn), UserDeleted{}}});
}

TEST(LastAdministrator, ADeactivatedAdministratorCountsForNothingAndMayGo) {
  std::vector<NewEvent> deactivated = {{user(kSecond), UserDeactivated{}}};
  given(two_administrators(), deactivated)
      .as(kAnn)
      .when(DeleteUser{kSecond})
      .then({{user(kSecond), UserDeleted{}}});
  given(two_administrators(), deactivated)
      .as(kAnn)
      .when(ChangeUser{.id = kSecond, .roles = {{kNightShift}}})
      .then({{user(kSecond), UserRolesChanged{{kNightShift}}}});
}

TEST(LastAdministrator, IsAUser) {
  // Robot has the role too, and signs in nowhere.
  given(acme()).as(kAnn).when(DeleteApplication{kRobot}).then({{application(kRobot), ApplicationDeleted{}}});
  given(acme(), {{application(kImport), ApplicationRolesChanged{{kAdmin}}}})
      .as(kAnn)
      .when(DeleteUser{kAnn})
      .refused({{Code::last_administrator, ""}});
}

TEST(LastAdministrator, IsCountedInEachOrganizationApart) {
  given(acme()).in(kBirch, birch()).as(kBea).when(DeleteUser{kBea}).refused({{Code::last_administrator, ""}});
}

}  // namespace
}  // namespace byline::test
