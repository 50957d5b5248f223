#include "domain/user.hpp"

#include <gtest/gtest.h>

#include "domain/example.hpp"
#include "domain/given.hpp"

namespace byline::test {
namespace {

CreateUser creation(std::string_view address = "New@Acme.Example") {
  return {.id = kNewAccount,
          .name = "Zoë O’Hara",
          .email = email(address),
          .roles = {kIntakeWorker, kNightShift},
          .credential = kNewCredential,
          .first = {CredentialKind::access_token, "d1", "h1"}};
}

NewEvent happened_to_ben(Event event) { return {user(kBen), std::move(event)}; }

TEST(CreateUser, OpensAnAccountThatCanSignIn) {
  given(acme())
      .as(kAnn)
      .when(creation())
      .then(
          {{user(kNewAccount),
            UserCreated{"Zoë O’Hara", "New@Acme.Example", "new@acme.example", {kIntakeWorker, kNightShift}}},
           {credential(kNewCredential), AccessTokenIssued{kNewAccount, "First sign-in", "d1", "h1"}}});
}

TEST(CreateUser, IsForThoseWhoMayCreateUsers) {
  given(acme())
      .as(kBen)
      .when(creation())
      .refused_naming({Code::permission_missing, ""}, "admin.users:create");
  given(acme()).as(kImport).when(creation()).refused({{Code::permission_missing, ""}});
}

TEST(CreateUser, AnswersEveryProblemAtOnce) {
  auto command = creation("import@acme.example");
  command.roles = {kEngageWorker};
  command.problems = {{Code::required, "name", {}}};
  given(acme()).as(kAnn).when(command).refused(
      {{Code::required, "name"}, {Code::email_taken, "email"}, {Code::role_exceeds_giver, "roles/0"}});
}

TEST(CreateUser, DoesNotReplaceAnAccountThatHasItsId) {
  auto command = creation();
  command.id = kImport;
  given(acme()).as(kAnn).when(command).refused({{Code::already_exists, ""}});
}

TEST(ChangeUser, RenamesMovesAndSetsRolesInOneCommit) {
  given(acme())
      .as(kAnn)
      .when(ChangeUser{.id = kBen,
                       .name = "Benjamin",
                       .email = email("benjamin@acme.example"),
                       .roles = {{kNightShift}},
                       .active = false})
      .then({happened_to_ben(UserRenamed{"Benjamin"}),
             happened_to_ben(UserEmailChanged{"benjamin@acme.example", "benjamin@acme.example"}),
             happened_to_ben(UserRolesChanged{{kNightShift}}), happened_to_ben(UserDeactivated{})});
}

TEST(ChangeUser, Reactivates) {
  given(acme(), {happened_to_ben(UserDeactivated{})})
      .as(kAnn)
      .when(ChangeUser{.id = kBen, .active = true})
      .then({happened_to_ben(UserReactivated{})});
}

TEST(ChangeUser, IsNoEventWhereNothingChanges) {
  given(acme()).as(kAnn).when(ChangeUser{.id = kBen}).then_nothing();
  given(acme())
      .as(kAnn)
      .when(ChangeUser{.id = kBen,
                       .name = "Ben",
                       .email = email("ben@acme.example"),
                       .roles = {{kIntakeWorker}},
                       .active = true})
      .then_nothing();
  given(acme()).as(kAnn).when(ChangeUser{.id = kAnn, .roles = {{kIntakeSupervisor, kAdmin}}}).then_nothing();
}

TEST(ChangeUser, IsForThoseWhoMayEditUsers) {
  given(acme())
      .as(kBen)
      .when(ChangeUser{.id = kBen, .name = "Benjamin"})
      .refused_naming({Code::permission_missing, ""}, "admin.users:edit");
}

TEST(ChangeUser, AnswersEveryProblemAtOnce) {
  given(acme())
      .as(kAnn)
      .when(ChangeUser{.id = kAnn,
                       .email = email("ben@acme.example"),
                       .roles = {{kEngageWorker}},
                       .active = false,
                       .problems = {{Code::too_long, "name", {}}}})
      .refused({{Code::too_long, "name"},
                {Code::email_taken, "email"},
                {Code::role_exceeds_giver, "roles/0"},
                {Code::last_administrator, "status"},
                {Code::last_administrator, "roles"}});
}

TEST(ChangeUser, RefusesAVersionThatIsNoLongerTheNewest) {
  given(acme(), {happened_to_ben(UserRenamed{"B"})})
      .as(kAnn)
      .having_seen(1)
      .when(ChangeUser{.id = kBen, .name = "Benjamin"})
      .refused({{Code::stale_version, ""}});
  given(acme(), {happened_to_ben(UserRenamed{"B"})})
      .as(kAnn)
      .having_seen(2)
      .when(ChangeUser{.id = kBen, .name = "Benjamin"})
      .then({happened_to_ben(UserRenamed{"Benjamin"})});
}

TEST(ChangeUser, FindsNeitherApplicationsNorWhatIsUnknown) {
  for (const auto& id : {kImport, kNewAccount, kSystemAccount}) {
    given(acme()).as(kAnn).when(ChangeUser{.id = id, .name = "N"}).refused({{Code::not_found, ""}});
  }
}

TEST(ChangeUser, TheAddressOfWhoMayDoMoreIsNotMoved) {
  given(acme(), {{user(kBen), UserRolesChanged{{kIntakeWorker, kEngageWorker}}}})
      .as(kAnn)
      .when(ChangeUser{.id = kBen, .email = email("mine@acme.example")})
      .refused({{Code::role_exceeds_giver, "email"}});
}

TEST(DeleteUser, EndsWhatTheUserSignedInBy) {
  auto session = numbered_id<CredentialId>(70);
  auto token = numbered_id<CredentialId>(71);
  given(acme())
      .as(kAnn)
      .when(DeleteUser{
          kBen,
          {{session, CredentialKind::session, false, {}}, {token, CredentialKind::access_token, false, {}}}})
      .then({{credential(session), CredentialRevoked{kBen}}, happened_to_ben(UserDeleted{})});
}

TEST(DeleteUser, ClosesTheAccountForEver) {
  given(acme()).as(kAnn).when(DeleteUser{kBen}).then({happened_to_ben(UserDeleted{})});
  given(acme(), {happened_to_ben(UserDeleted{})})
      .as(kAnn)
      .when(DeleteUser{kBen})
      .refused({{Code::not_found, ""}});
}

TEST(DeleteUser, IsForThoseWhoMayDeleteUsers) {
  given(acme())
      .as(kBen)
      .when(DeleteUser{kAnn})
      .refused_naming({Code::permission_missing, ""}, "admin.users:delete");
}

TEST(DeleteUser, RefusesAVersionThatIsNoLongerTheNewest) {
  given(acme()).as(kAnn).having_seen(7).when(DeleteUser{kBen}).refused({{Code::stale_version, ""}});
}

TEST(DeleteUser, FindsNoApplication) {
  given(acme()).as(kAnn).when(DeleteUser{kImport}).refused({{Code::not_found, ""}});
}

}  // namespace
}  // namespace byline::test
