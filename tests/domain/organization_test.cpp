#include "domain/organization.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "domain/example.hpp"
#include "domain/given.hpp"
#include "support/printing.hpp"

namespace byline::test {
namespace {

FoundOrganization founding(std::string_view address = "First@Cedar.Example") {
  FoundOrganization command{.id = numbered_id<OrganizationId>(3),
                            .name = "Cedar",
                            .plan = Plan::standard,
                            .administrator = kNewAccount,
                            .administrator_name = "First Administrator",
                            .administrator_email = email(address),
                            .credential = kNewCredential,
                            .token_digest = "0123abcd",
                            .token_hint = "x7Qa"};
  for (std::size_t i = 0; i < command.roles.size(); ++i) command.roles[i] = numbered_id<RoleId>(100 + i);
  return command;
}

std::vector<NewEvent> founded() {
  auto command = founding();
  return decide(State{}, {kSystemAccount, command.id, {}}, command).value();
}

NewEvent happened(Event event) { return {organization(kAcme), std::move(event)}; }

TEST(FoundOrganization, MakesItWithItsRolesItsAdministratorAndATokenInOneCommit) {
  auto events = founded();
  ASSERT_EQ(events.size(), 1 + kDefaultRoleCount + 2);
  EXPECT_EQ(events.front(),
            (NewEvent{organization(founding().id), OrganizationCreated{"Cedar", Plan::standard}}));
  EXPECT_EQ(events.back(), (NewEvent{credential(kNewCredential),
                                     AccessTokenIssued{kNewAccount, "First sign-in", "0123abcd", "x7Qa"}}));
  const auto* administrator = std::get_if<UserCreated>(&events[events.size() - 2].event);
  ASSERT_TRUE(administrator);
  EXPECT_EQ(events[events.size() - 2].subject, user(kNewAccount));
  EXPECT_EQ(administrator->name, "First Administrator");
  EXPECT_EQ(administrator->email, "First@Cedar.Example");
  EXPECT_EQ(administrator->email_key, "first@cedar.example");
}

TEST(FoundOrganization, MakesEveryDefaultRole) {
  auto events = founded();
  for (std::size_t i = 0; i < kDefaultRoleCount; ++i) {
    const auto& wanted = default_roles()[i];
    EXPECT_EQ(
        events[1 + i],
        (NewEvent{role(founding().roles[i]),
                  RoleCreated{std::string(wanted.name), wanted.permissions, std::string(wanted.key), {}}}));
  }
}

TEST(FoundOrganization, ItsAdministratorMayGiveEveryDefaultRole) {
  State state;
  auto command = founding();
  fold(state, command.id, founded());
  auto access = state.access_of(*state.find_account(kNewAccount));
  for (const auto& id : command.roles) {
    EXPECT_TRUE(access.covers(state.find_role(id)->permissions)) << state.find_role(id)->name;
  }
}

TEST(FoundOrganization, ItsAdministratorIsTheLastOne) {
  State state;
  fold(state, founding().id, founded());
  auto decision = decide(state, {kNewAccount, founding().id, {}}, DeleteUser{kNewAccount});
  ASSERT_FALSE(decision);
  EXPECT_EQ(decision.error().problems.at(0).code, Code::last_administrator);
}

TEST(FoundOrganization, IsForTheOperatorOnly) {
  for (const auto& actor : {kAnn, kRobot}) {
    given(acme()).as(actor).when(founding()).refused({{Code::permission_missing, ""}});
  }
}

TEST(FoundOrganization, AnswersEveryProblemAtOnce) {
  auto command = founding("ann@acme.example");
  command.id = kAcme;
  command.problems = {{Code::required, "name", {}}};
  given(acme())
      .as(kSystemAccount)
      .when(command)
      .refused({{Code::required, "name"}, {Code::already_exists, ""}, {Code::email_taken, "email"}});
}

TEST(ChangeOrganization, RenamesItAndChangesItsPlan) {
  given(acme())
      .as(kAnn)
      .when(ChangeOrganization{.id = kAcme, .name = "Acme Care", .plan = Plan::standard})
      .then({happened(OrganizationRenamed{"Acme Care"}), happened(OrganizationPlanChanged{Plan::standard})});
}

TEST(ChangeOrganization, IsNoEventWhereNothingChanges) {
  given(acme()).as(kAnn).when(ChangeOrganization{.id = kAcme}).then_nothing();
  given(acme())
      .as(kAnn)
      .when(ChangeOrganization{.id = kAcme, .name = "Acme", .plan = Plan::enterprise})
      .then_nothing();
}

TEST(ChangeOrganization, IsForThoseWhoMayEditTheOrganization) {
  given(acme())
      .as(kBen)
      .when(ChangeOrganization{.id = kAcme, .name = "Ben's"})
      .refused_naming({Code::permission_missing, ""}, "admin.organization:edit");
}

TEST(ChangeOrganization, RefusesAVersionThatIsNoLongerTheNewest) {
  given(acme(), {happened(OrganizationRenamed{"Second"})})
      .as(kAnn)
      .having_seen(1)
      .when(ChangeOrganization{.id = kAcme, .name = "Mine"})
      .refused({{Code::stale_version, ""}});
  given(acme(), {happened(OrganizationRenamed{"Second"})})
      .as(kAnn)
      .having_seen(2)
      .when(ChangeOrganization{.id = kAcme, .name = "Mine"})
      .then({happened(OrganizationRenamed{"Mine"})});
}

TEST(ChangeOrganization, AnswersWhatWasWrongWithTheValues) {
  given(acme())
      .as(kAnn)
      .when(ChangeOrganization{.id = kAcme,
                               .problems = {{Code::required, "name", {}}, {Code::invalid_value, "plan", {}}}})
      .refused({{Code::required, "name"}, {Code::invalid_value, "plan"}});
}

}  // namespace
}  // namespace byline::test
