// Who may ask for anything at all, and that one organization never sees another.

#include <gtest/gtest.h>

#include "domain/example.hpp"
#include "domain/given.hpp"

namespace byline::test {
namespace {

constexpr const char* kReports = "intake/reports";

/// A command of every subject, each of which Robot may give.
std::vector<Command> anything() {
  return {ChangeOrganization{.id = kAcme, .name = "New"}, ChangeUser{.id = kBen, .name = "New"},
          ChangeRole{.id = kNightShift, .name = "New"}, ChangeApplication{.id = kImport, .name = "New"},
          CreateRecord{.id = numbered_id<RecordId>(80), .collection = kReports, .attributes = {"{}"}}};
}

void expect_all_refused(const AccountId& actor, Code code, const std::vector<NewEvent>& more) {
  for (const auto& command : anything()) {
    SCOPED_TRACE("command " + std::to_string(command.index()));
    given(acme(), more).as(actor).when(command).refused({{code, ""}});
  }
}

void expect_all_accepted(const AccountId& actor, const std::vector<NewEvent>& more) {
  const auto state = given(acme(), more).state();
  for (const auto& command : anything()) {
    auto decision =
        std::visit([&](const auto& asked) { return decide(state, {actor, kAcme, {}}, asked); }, command);
    EXPECT_TRUE(decision) << "command " << command.index();
  }
}

TEST(Access, ADeactivatedAccountMayDoNothing) {
  expect_all_refused(kRobot, Code::account_inactive, {{application(kRobot), ApplicationDeactivated{}}});
  std::vector<NewEvent> second = {{user(kBen), UserRolesChanged{{kAdmin}}}, {user(kAnn), UserDeactivated{}}};
  expect_all_refused(kAnn, Code::account_inactive, second);
}

TEST(Access, AReactivatedAccountMayDoWhatItCould) {
  expect_all_accepted(kAnn, {{user(kBen), UserRolesChanged{{kAdmin}}},
                             {user(kAnn), UserDeactivated{}},
                             {user(kAnn), UserReactivated{}}});
}

TEST(Access, ADeletedOrUnknownAccountMayDoNothing) {
  expect_all_refused(kRobot, Code::account_inactive, {{application(kRobot), ApplicationDeleted{}}});
  expect_all_refused(kNewAccount, Code::account_inactive, {});
}

TEST(Access, WithoutTheLicenceNoApplicationIsServed) {
  std::vector<NewEvent> standard = {{organization(kAcme), OrganizationPlanChanged{Plan::standard}}};
  expect_all_refused(kRobot, Code::api_not_licensed, standard);
  expect_all_refused(kImport, Code::api_not_licensed, standard);
}

TEST(Access, WithoutTheLicenceUsersWorkOn) {
  expect_all_accepted(kAnn, {{organization(kAcme), OrganizationPlanChanged{Plan::standard}}});
}

TEST(Access, WithTheLicenceBackApplicationsAreServedAgain) {
  given(acme(), {{organization(kAcme), OrganizationPlanChanged{Plan::standard}},
                 {organization(kAcme), OrganizationPlanChanged{Plan::enterprise}}})
      .as(kRobot)
      .when(ChangeUser{.id = kBen, .name = "New"})
      .then({{user(kBen), UserRenamed{"New"}}});
}

TEST(Access, TheLicenceOfAnotherOrganizationDoesNotCount) {
  given(acme())
      .in(kBirch, birch())
      .in(kBirch, {{organization(kBirch), OrganizationPlanChanged{Plan::standard}}})
      .in(kAcme, {})
      .as(kRobot)
      .when(ChangeUser{.id = kBen, .name = "New"})
      .then({{user(kBen), UserRenamed{"New"}}});
}

TEST(Access, TheSystemAccountMayDoEverything) {
  expect_all_accepted(kSystemAccount, {{organization(kAcme), OrganizationPlanChanged{Plan::standard}}});
}

TEST(Access, AnAccountOfAnotherOrganizationIsNobodyHere) {
  for (const auto& actor : {kBea, kBirchImport}) {
    for (const auto& command : anything()) {
      given(acme())
          .in(kBirch, birch())
          .in(kAcme, {})
          .as(actor)
          .when(command)
          .refused({{Code::account_inactive, ""}});
    }
  }
}

TEST(Access, WhatBelongsToAnotherOrganizationIsNotFound) {
  for (const Command& command :
       {Command(ChangeOrganization{.id = kBirch, .name = "Ours"}),
        Command(ChangeUser{.id = kBea, .name = "N"}), Command(DeleteUser{kBea}),
        Command(ChangeApplication{.id = kBirchImport, .name = "N"}), Command(DeleteApplication{kBirchImport}),
        Command(ChangeRole{.id = kBirchClerk, .name = "N"}), Command(DeleteRole{kBirchClerk}),
        Command(ChangeRecord{.id = kBirchReport, .collection = kReports, .attributes = {R"({"a":1})"}}),
        Command(DeleteRecord{.id = kBirchReport, .collection = kReports})}) {
    SCOPED_TRACE("command " + std::to_string(command.index()));
    for (const auto& actor : {kAnn, kSystemAccount}) {
      given(acme())
          .in(kBirch, birch())
          .in(kAcme, {})
          .as(actor)
          .when(command)
          .refused_naming({Code::not_found, ""}, "");
    }
  }
}

TEST(Access, AForeignIdIsNotFoundWhateverElseIsWrong) {
  // Neither a version nor another problem may tell that it exists.
  given(acme())
      .in(kBirch, birch())
      .in(kAcme, {})
      .as(kAnn)
      .having_seen(99)
      .when(ChangeUser{.id = kBea, .email = email("ben@acme.example"), .active = false})
      .refused({{Code::not_found, ""}});
  given(acme())
      .in(kBirch, birch())
      .in(kAcme, {})
      .as(kAnn)
      .having_seen(99)
      .when(DeleteRole{kBirchAdmin})
      .refused({{Code::not_found, ""}});
}

TEST(Access, WhoMayNotAskDoesNotLearnWhatExists) {
  for (const auto& id : {kAnn, kBea, kNewAccount}) {
    given(acme())
        .in(kBirch, birch())
        .in(kAcme, {})
        .as(kBen)
        .when(DeleteUser{id})
        .refused_naming({Code::permission_missing, ""}, "admin.users:delete");
  }
}

}  // namespace
}  // namespace byline::test
