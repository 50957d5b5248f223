// An address belongs to one account of the deployment: user or application, of this organization or another.

#include <gtest/gtest.h>

#include "domain/example.hpp"
#include "domain/given.hpp"

namespace byline::test {
namespace {

RegisterApplication registering(std::string_view address) {
  return {.id = kNewAccount,
          .credentials = {{kNewCredential, MadeSecret{}}},
          .name = "New",
          .email = email(address),
          .roles = {kNightShift}};
}
CreateUser creating(std::string_view address) {
  return {.id = kNewAccount,
          .name = "New",
          .email = email(address),
          .roles = {kNightShift},
          .credential = kNewCredential};
}

void expect_taken(std::string_view address, const std::vector<NewEvent>& more = {}) {
  SCOPED_TRACE(address);
  for (const Command& command : {Command(registering(address)), Command(creating(address))}) {
    given(acme())
        .in(kBirch, birch())
        .in(kAcme, more)
        .as(kAnn)
        .when(command)
        .refused({{Code::email_taken, "email"}});
  }
}

void expect_free(std::string_view address, const std::vector<NewEvent>& more = {}) {
  SCOPED_TRACE(address);
  auto parsed = email(address);
  given(acme())
      .in(kBirch, birch())
      .in(kAcme, more)
      .as(kAnn)
      .when(creating(address))
      .then({{user(kNewAccount), UserCreated{"New", parsed.text, parsed.key, {kNightShift}}},
             {credential(kNewCredential), AccessTokenIssued{kNewAccount, "First sign-in", "", ""}}});
  given(acme())
      .in(kBirch, birch())
      .in(kAcme, more)
      .as(kAnn)
      .when(registering(address))
      .then({{application(kNewAccount),
              ApplicationRegistered{"New", parsed.text, parsed.key, {kNightShift}, {}, {}}},
             {credential(kNewCredential), ClientSecretIssued{kNewAccount, "", ""}}});
}

TEST(EmailUniqueness, HoldsOverUsersAndApplicationsAlike) {
  expect_taken("ben@acme.example");
  expect_taken("import@acme.example");
}

TEST(EmailUniqueness, HoldsForTheAdministratorWhoAsks) { expect_taken("ann@acme.example"); }

TEST(EmailUniqueness, HoldsOverTheOrganizationsOfTheDeployment) {
  expect_taken("bea@birch.example");
  expect_taken("import@birch.example");
}

TEST(EmailUniqueness, LooksThroughUpperAndLowerCase) {
  expect_taken("ANN@acme.example");
  expect_taken("Ann@ACME.Example");
}

TEST(EmailUniqueness, LooksThroughTheFormsOfUnicodeAndOfDomains) {
  auto made = made_user(numbered_id<AccountId>(70), "zoë@bücher.example", {kNightShift});
  expect_taken("zoe\u0308@bücher.example", {made});
  expect_taken("ZOË@BÜCHER.example", {made});
  expect_taken("zoë@xn--bcher-kva.example", {made});
}

TEST(EmailUniqueness, TellsSubaddressesApart) {
  expect_free("ann+intake@acme.example");
  auto first = registered(numbered_id<AccountId>(70), "ann+intake@acme.example", {kNightShift});
  expect_free("ann+reports@acme.example", {first});
  expect_taken("ann+intake@acme.example", {first});
}

TEST(EmailUniqueness, HoldsWhenAnAddressIsChanged) {
  for (const char* taken : {"ann@acme.example", "ROBOT@acme.example", "bea@birch.example"}) {
    SCOPED_TRACE(taken);
    given(acme())
        .in(kBirch, birch())
        .in(kAcme, {})
        .as(kAnn)
        .when(ChangeApplication{.id = kImport, .email = email(taken)})
        .refused({{Code::email_taken, "email"}});
    given(acme())
        .in(kBirch, birch())
        .in(kAcme, {})
        .as(kAnn)
        .when(ChangeUser{.id = kBen, .email = email(taken)})
        .refused({{Code::email_taken, "email"}});
  }
}

TEST(EmailUniqueness, AnAccountMayKeepItsOwnAddress) {
  given(acme())
      .as(kAnn)
      .when(ChangeApplication{.id = kImport, .email = email("import@acme.example")})
      .then_nothing();
  given(acme()).as(kAnn).when(ChangeUser{.id = kBen, .email = email("ben@acme.example")}).then_nothing();
}

TEST(EmailUniqueness, AnAccountMayWriteItsOwnAddressOtherwise) {
  given(acme())
      .as(kAnn)
      .when(ChangeApplication{.id = kImport, .email = email("Import@Acme.example")})
      .then({{application(kImport), ApplicationEmailChanged{"Import@Acme.example", "import@acme.example"}}});
}

TEST(EmailUniqueness, DeletingAnAccountFreesItsAddress) {
  expect_free("import@acme.example", {{application(kImport), ApplicationDeleted{}}});
  expect_free("ben@acme.example", {{user(kBen), UserDeleted{}}});
}

TEST(EmailUniqueness, ChangingAnAddressFreesTheOldOneAndTakesTheNew) {
  for (const auto& moved :
       {NewEvent{application(kImport), ApplicationEmailChanged{"n@acme.example", "n@acme.example"}},
        NewEvent{user(kBen), UserEmailChanged{"n@acme.example", "n@acme.example"}}}) {
    bool is_user = moved.subject.kind == SubjectKind::user;
    expect_free(is_user ? "ben@acme.example" : "import@acme.example", {moved});
    expect_taken("n@acme.example", {moved});
  }
}

TEST(EmailUniqueness, AnAddressWrittenOtherwiseIsStillTaken) {
  expect_taken(
      "import@acme.example",
      {{application(kImport), ApplicationEmailChanged{"IMPORT@acme.example", "import@acme.example"}}});
}

TEST(EmailUniqueness, ADeactivatedAccountKeepsItsAddress) {
  expect_taken("import@acme.example", {{application(kImport), ApplicationDeactivated{}}});
  expect_taken("ben@acme.example", {{user(kBen), UserDeactivated{}}});
}

TEST(EmailUniqueness, AnAddressThatCouldNotBeReadIsOneProblemAndNotTwo) {
  auto command = creating("new@acme.example");
  command.email = {};
  command.problems = {{Code::invalid_email, "email", {}}};
  given(acme()).as(kAnn).when(command).refused({{Code::invalid_email, "email"}});
}

}  // namespace
}  // namespace byline::test
