// Applications that register themselves.

#include <gtest/gtest.h>

#include "domain/example.hpp"
#include "domain/given.hpp"

namespace byline::test {
namespace {

const auto kInitial = numbered_id<CredentialId>(70);
const auto kKey = numbered_id<CredentialId>(71);
const auto kRegistrationToken = numbered_id<CredentialId>(72);

RegisterApplication registering(std::vector<RoleId> roles) {
  return {.id = kNewAccount,
          .credentials = {{kNewCredential, PublicKeyProof{{"{}"}, "thumb"}},
                          {kRegistrationToken,
                           MadeSecret{CredentialKind::registration_access_token, "digest", "hint"}}},
          .name = "An application",
          .email = email("new@acme.example"),
          .roles = std::move(roles),
          .initial_access = kInitial,
          .grant = RegistrationGrant{{kIntakeWorker, kNightShift}, true}};
}

TEST(RegisterItself, WithTheRolesThatTheTokenGives) {
  given(acme())
      .as(kAnn)
      .when(registering({kNightShift}))
      .then({registered(kNewAccount, "new@acme.example", {kNightShift}),
             {credential(kNewCredential), PublicKeyRegistered{kNewAccount, {"{}"}, "thumb", {}, {}}},
             {credential(kRegistrationToken), RegistrationAccessTokenIssued{kNewAccount, "digest", "hint"}}});
  given(acme())
      .as(kAnn)
      .when(registering({kIntakeSupervisor}))
      .refused({{Code::role_exceeds_giver, "roles/0"}});
}

TEST(RegisterItself, NotWithATokenThatIsOverOrGone) {
  auto command = registering({kIntakeWorker});
  command.grant->is_good = false;
  given(acme()).as(kAnn).when(command).refused({{Code::credential_over, ""}});
  command.grant.reset();
  given(acme()).as(kAnn).when(command).refused({{Code::credential_over, ""}});
}

TEST(RegisterItself, NotWhenWhoGaveTheTokenMayNoMore) {
  given(acme(), {{user(kAnn), UserRolesChanged{{kIntakeWorker}}}, {user(kBen), UserRolesChanged{{kAdmin}}}})
      .as(kAnn)
      .when(registering({kIntakeWorker}))
      .refused({{Code::permission_missing, ""}});
}

ChangeRegistration changing() {
  return {.id = kImport, .name = "Import 2", .email = email("import@acme.example")};
}

TEST(ChangeRegistration, ChangesNameAddressAndLinkOfItself) {
  given(acme()).as(kRobot).when(changing()).refused({{Code::permission_missing, ""}});
  auto command = changing();
  command.url = "https://import.example/";
  given(acme()).as(kImport).when(command).then(
      {{application(kImport), ApplicationRenamed{"Import 2"}},
       {application(kImport), ApplicationUrlChanged{"https://import.example/"}}});
  command.email = email("ben@acme.example");
  given(acme()).as(kImport).when(command).refused({{Code::email_taken, "email"}});
}

TEST(ChangeRegistration, KeysAreThoseThatAreSent) {
  auto command = changing();
  command.name = "import";
  command.held = {{kKey, CredentialKind::public_key, false, "old"},
                  {kInitial, CredentialKind::public_key, false, "kept"},
                  {kRegistrationToken, CredentialKind::registration_access_token, false, {}}};
  command.keys = {{kNewCredential, PublicKeyProof{{"{}"}, "new"}}, {{}, PublicKeyProof{{"{}"}, "kept"}}};
  given(acme(), {{application(kImport), ApplicationRenamed{"import"}},
                 {application(kImport), ApplicationUrlChanged{std::nullopt}}})
      .as(kImport)
      .when(command)
      .then({{credential(kKey), CredentialRevoked{kImport}},
             {credential(kNewCredential), PublicKeyRegistered{kImport, {"{}"}, "new", {}, {}}}});
}

TEST(ChangeRegistration, WhoHasASecretStaysWithIt) {
  auto command = changing();
  command.held = {{kKey, CredentialKind::client_secret, false, {}}};
  given(acme()).as(kImport).when(command).refused({{Code::invalid_value, "token_endpoint_auth_method"}});
}

TEST(DeleteApplication, ByItselfOnlyItself) {
  given(acme())
      .as(kImport)
      .when(DeleteApplication{kImport, true})
      .then({{application(kImport), ApplicationDeleted{}}});
  given(acme()).as(kImport).when(DeleteApplication{kRobot, true}).refused({{Code::permission_missing, ""}});
  given(acme()).as(kImport).when(DeleteApplication{kImport}).refused({{Code::permission_missing, ""}});
}

}  // namespace
}  // namespace byline::test
