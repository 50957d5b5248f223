#include "domain/application.hpp"

#include <gtest/gtest.h>

#include "domain/example.hpp"
#include "domain/given.hpp"

namespace byline::test {
namespace {

RegisterApplication registration(std::string_view address = "intake+casebook@example.org") {
  return {.id = kNewAccount,
          .credentials = {{kNewCredential, MadeSecret{CredentialKind::client_secret, "0123abcd", "x7Qa"}}},
          .name = "Nightly intake import",
          .email = email(address),
          .roles = {kIntakeWorker},
          .url = "https://import.example.org/",
          .description = "Reads the county’s nightly file."};
}

NewEvent happened(Event event) { return {application(kImport), std::move(event)}; }

// -- register

TEST(RegisterApplication, LetsItInAndIssuesItsSecretInOneCommit) {
  given(acme())
      .as(kAnn)
      .when(registration())
      .then({{application(kNewAccount), ApplicationRegistered{"Nightly intake import",
                                                              "intake+casebook@example.org",
                                                              "intake+casebook@example.org",
                                                              {kIntakeWorker},
                                                              "https://import.example.org/",
                                                              "Reads the county’s nightly file."}},
             {credential(kNewCredential), ClientSecretIssued{kNewAccount, "0123abcd", "x7Qa"}}});
}

TEST(RegisterApplication, NeedsNoLinkAndNoDescription) {
  for (auto absent : {std::optional<std::string>{}, std::optional<std::string>{""}}) {
    auto command = registration();
    command.url = command.description = absent;
    given(acme()).as(kAnn).when(command).then(
        {{application(kNewAccount), ApplicationRegistered{"Nightly intake import",
                                                          "intake+casebook@example.org",
                                                          "intake+casebook@example.org",
                                                          {kIntakeWorker},
                                                          std::nullopt,
                                                          std::nullopt}},
         {credential(kNewCredential), ClientSecretIssued{kNewAccount, "0123abcd", "x7Qa"}}});
  }
}

TEST(RegisterApplication, MayTakeTheNameOfAnother) {
  auto command = registration();
  command.name = "Import";
  EXPECT_TRUE(decide(given(acme()).state(), {kAnn, kAcme, {}}, command));
}

TEST(RegisterApplication, IsForThoseWhoMayCreateApplications) {
  given(acme())
      .as(kBen)
      .when(registration())
      .refused_naming({Code::permission_missing, ""}, "admin.applications:create");
  given(acme()).as(kImport).when(registration()).refused({{Code::permission_missing, ""}});
}

TEST(RegisterApplication, NeedsThePermissionAtLevelAllAndNoOther) {
  auto may_register = permits({{Area::admin_applications, {Operation::create}}});
  auto views_intake = permits({{Area::intake, {Operation::view}}});
  may_register.unite(views_intake);
  auto command = registration();
  command.roles = {kNightShift};
  auto decision =
      decide(given(acme(), {{role(kNewRole), RoleCreated{"Registrar", may_register, {}}},
                            made_user(numbered_id<AccountId>(70), "reg@acme.example", {kNewRole})})
                 .state(),
             {numbered_id<AccountId>(70), kAcme, {}}, command);
  EXPECT_TRUE(decision);
}

TEST(RegisterApplication, AnswersEveryProblemAtOnce) {
  auto command = registration("ann@acme.example");
  command.roles = {kIntakeWorker, numbered_id<RoleId>(999), kIntakeWorker, kEngageWorker};
  command.problems = {{Code::too_long, "name", "200 characters"}, {Code::invalid_url, "url", {}}};
  given(acme()).as(kAnn).when(command).refused({{Code::too_long, "name"},
                                                {Code::invalid_url, "url"},
                                                {Code::email_taken, "email"},
                                                {Code::unknown_role, "roles/1"},
                                                {Code::duplicate_value, "roles/2"},
                                                {Code::role_exceeds_giver, "roles/3"}});
}

TEST(RegisterApplication, DoesNotReplaceAnAccountThatHasItsId) {
  auto command = registration();
  command.id = kBen;
  given(acme()).as(kAnn).when(command).refused({{Code::already_exists, ""}});
}

TEST(RegisterApplication, BySystemAccountIsAlwaysAllowed) {
  auto command = registration();
  command.roles = {kEngageWorker, kAdmin};
  EXPECT_TRUE(decide(given(acme()).state(), {kSystemAccount, kAcme, {}}, command));
}

// -- change

TEST(ChangeApplication, RenamesIt) {
  given(acme())
      .as(kAnn)
      .when(ChangeApplication{.id = kImport, .name = "Night import"})
      .then({happened(ApplicationRenamed{"Night import"})});
}

TEST(ChangeApplication, MovesItsAddress) {
  given(acme())
      .as(kAnn)
      .when(ChangeApplication{.id = kImport, .email = email("New@Acme.Example")})
      .then({happened(ApplicationEmailChanged{"New@Acme.Example", "new@acme.example"})});
}

TEST(ChangeApplication, SetsItsRoles) {
  given(acme())
      .as(kAnn)
      .when(ChangeApplication{.id = kImport, .roles = {{kNightShift, kIntakeWorker}}})
      .then({happened(ApplicationRolesChanged{{kNightShift, kIntakeWorker}})});
}

TEST(ChangeApplication, SetsLinkAndDescription) {
  given(acme())
      .as(kAnn)
      .when(ChangeApplication{.id = kImport, .url = "http://b.example/", .description = "Other"})
      .then({happened(ApplicationUrlChanged{"http://b.example/"}),
             happened(ApplicationDescriptionChanged{"Other"})});
}

TEST(ChangeApplication, TakesLinkAndDescriptionAway) {
  given(acme())
      .as(kAnn)
      .when(ChangeApplication{.id = kImport, .url = "", .description = ""})
      .then({happened(ApplicationUrlChanged{std::nullopt}),
             happened(ApplicationDescriptionChanged{std::nullopt})});
}

TEST(ChangeApplication, DeactivatesAndReactivates) {
  given(acme())
      .as(kAnn)
      .when(ChangeApplication{.id = kImport, .active = false})
      .then({happened(ApplicationDeactivated{})});
  given(acme(), {happened(ApplicationDeactivated{})})
      .as(kAnn)
      .when(ChangeApplication{.id = kImport, .active = true})
      .then({happened(ApplicationReactivated{})});
}

TEST(ChangeApplication, IsOneCommitHoweverMuchItChanges) {
  given(acme())
      .as(kAnn)
      .when(ChangeApplication{.id = kImport,
                              .name = "N",
                              .email = email("n@acme.example"),
                              .roles = {{kNightShift}},
                              .url = "http://n.example/",
                              .description = "D",
                              .active = false})
      .then({happened(ApplicationRenamed{"N"}),
             happened(ApplicationEmailChanged{"n@acme.example", "n@acme.example"}),
             happened(ApplicationRolesChanged{{kNightShift}}),
             happened(ApplicationUrlChanged{"http://n.example/"}),
             happened(ApplicationDescriptionChanged{"D"}), happened(ApplicationDeactivated{})});
}

TEST(ChangeApplication, IsNoEventWhereNothingChanges) {
  given(acme()).as(kAnn).when(ChangeApplication{.id = kImport}).then_nothing();
  given(acme())
      .as(kAnn)
      .when(ChangeApplication{.id = kImport,
                              .name = "Import",
                              .email = email("import@acme.example"),
                              .roles = {{kIntakeWorker}},
                              .url = "https://import.acme.example/",
                              .description = "Reads the nightly file.",
                              .active = true})
      .then_nothing();
  given(acme()).as(kAnn).when(ChangeApplication{.id = kRobot, .url = "", .description = ""}).then_nothing();
}

TEST(ChangeApplication, TheSameRolesInAnotherOrderAreNoChange) {
  given(acme(), {happened(ApplicationRolesChanged{{kIntakeWorker, kNightShift}})})
      .as(kAnn)
      .when(ChangeApplication{.id = kImport, .roles = {{kNightShift, kIntakeWorker}}})
      .then_nothing();
}

TEST(ChangeApplication, IsForThoseWhoMayEditApplications) {
  given(acme())
      .as(kBen)
      .when(ChangeApplication{.id = kImport, .name = "N"})
      .refused_naming({Code::permission_missing, ""}, "admin.applications:edit");
}

TEST(ChangeApplication, AnswersEveryProblemAtOnce) {
  given(acme())
      .as(kAnn)
      .when(ChangeApplication{.id = kImport,
                              .email = email("ben@acme.example"),
                              .roles = {std::vector<RoleId>{}},
                              .problems = {{Code::required, "name", {}}}})
      .refused({{Code::required, "name"}, {Code::email_taken, "email"}, {Code::required, "roles"}});
}

TEST(ChangeApplication, RefusesAVersionThatIsNoLongerTheNewest) {
  auto renamed = happened(ApplicationRenamed{"Second"});
  given(acme(), {renamed})
      .as(kAnn)
      .having_seen(1)
      .when(ChangeApplication{.id = kImport, .name = "Mine"})
      .refused({{Code::stale_version, ""}});
  given(acme(), {renamed})
      .as(kAnn)
      .having_seen(2)
      .when(ChangeApplication{.id = kImport, .name = "Mine"})
      .then({happened(ApplicationRenamed{"Mine"})});
}

TEST(ChangeApplication, FindsNeitherUsersNorWhatIsUnknown) {
  for (const auto& id : {kBen, kNewAccount}) {
    given(acme()).as(kAnn).when(ChangeApplication{.id = id, .name = "N"}).refused({{Code::not_found, ""}});
  }
}

// -- delete

TEST(DeleteApplication, ClosesTheAccount) {
  given(acme()).as(kAnn).when(DeleteApplication{kImport}).then({happened(ApplicationDeleted{})});
  given(acme(), {happened(ApplicationDeactivated{})})
      .as(kAnn)
      .when(DeleteApplication{kImport})
      .then({happened(ApplicationDeleted{})});
}

TEST(DeleteApplication, IsForEver) {
  std::vector<NewEvent> deleted = {happened(ApplicationDeleted{})};
  given(acme(), deleted).as(kAnn).when(DeleteApplication{kImport}).refused({{Code::not_found, ""}});
  given(acme(), deleted)
      .as(kAnn)
      .when(ChangeApplication{.id = kImport, .active = true})
      .refused({{Code::not_found, ""}});
}

TEST(DeleteApplication, IsForThoseWhoMayDeleteApplications) {
  given(acme())
      .as(kBen)
      .when(DeleteApplication{kImport})
      .refused_naming({Code::permission_missing, ""}, "admin.applications:delete");
}

TEST(DeleteApplication, RefusesAVersionThatIsNoLongerTheNewest) {
  given(acme()).as(kAnn).having_seen(2).when(DeleteApplication{kImport}).refused({{Code::stale_version, ""}});
  given(acme())
      .as(kAnn)
      .having_seen(1)
      .when(DeleteApplication{kImport})
      .then({happened(ApplicationDeleted{})});
}

TEST(DeleteApplication, FindsNoUser) {
  given(acme()).as(kAnn).when(DeleteApplication{kBen}).refused({{Code::not_found, ""}});
}

}  // namespace
}  // namespace byline::test
