#include "domain/sign_in.hpp"

#include <gtest/gtest.h>

#include "domain/example.hpp"
#include "domain/given.hpp"
#include "domain/limits.hpp"

namespace byline::test {
namespace {

const auto kPassword = numbered_id<CredentialId>(70);
const auto kSession = numbered_id<CredentialId>(71);
const auto kOther = numbered_id<CredentialId>(72);
const auto kLink = numbered_id<CredentialId>(73);
const auto kDevice = numbered_id<CredentialId>(74);
constexpr Time kEnd{1'000'000};

HeldCredential held(const CredentialId& id, CredentialKind kind, bool over = false) {
  return {id, kind, over, {}};
}
NewEvent ended(const CredentialId& id) { return {credential(id), CredentialRevoked{kBen}}; }

SetPassword setting(std::vector<HeldCredential> has) {
  return {.id = kNewCredential, .account = kBen, .sealed_hash = "sealed", .held = std::move(has)};
}
NewEvent set() { return {credential(kNewCredential), PasswordSet{kBen, "sealed"}}; }

TEST(SetPassword, TheFirstNeedsNoOther) {
  given(acme()).as(kBen).when(setting({held(kSession, CredentialKind::access_token)})).then({set()});
}

TEST(SetPassword, ATokenThatEndsSetsNone) {
  given(acme())
      .as(kBen)
      .by(CredentialKind::access_token, kOther, kEnd)
      .when(setting({}))
      .refused({{Code::permission_missing, ""}});
  given(acme()).as(kBen).by(CredentialKind::access_token, kOther).when(setting({})).then({set()});
}

TEST(SetPassword, ReplacesTheOneThatIsKnownAndEndsOtherSessions) {
  auto command = setting({held(kPassword, CredentialKind::password), held(kSession, CredentialKind::session),
                          held(kOther, CredentialKind::session), held(kLink, CredentialKind::sign_in_link)});
  command.verified = kPassword;
  given(acme())
      .as(kBen)
      .by(CredentialKind::session, kSession)
      .when(command)
      .then({set(), ended(kPassword), ended(kOther), ended(kLink)});
}

TEST(SetPassword, IsRefusedWhereAnotherCameInBetween) {
  auto command = setting({held(kOther, CredentialKind::password)});
  command.verified = kPassword;
  given(acme()).as(kBen).when(command).refused({{Code::credential_over, ""}});
  given(acme())
      .as(kBen)
      .when(setting({held(kPassword, CredentialKind::password)}))
      .refused({{Code::credential_over, ""}});
}

TEST(SetPassword, ByALinkThatIsNotOver) {
  auto command =
      setting({held(kPassword, CredentialKind::password), held(kLink, CredentialKind::sign_in_link)});
  command.link = kLink;
  given(acme()).as(kBen).when(command).then({set(), ended(kPassword), ended(kLink)});
  command.held[1].over = true;
  given(acme()).as(kBen).when(command).refused({{Code::credential_over, ""}});
  command.held.pop_back();
  given(acme()).as(kBen).when(command).refused({{Code::credential_over, ""}});
}

TEST(SetPassword, IsOnesOwnToSet) {
  given(acme()).as(kAnn).when(setting({})).refused({{Code::permission_missing, ""}});
  given(acme(), {{user(kBen), UserDeactivated{}}})
      .as(kBen)
      .when(setting({}))
      .refused({{Code::account_inactive, ""}});
  SetPassword of_application{.id = kNewCredential, .account = kImport};
  given(acme()).as(kImport).when(of_application).refused({{Code::permission_missing, ""}});
}

TEST(RegisterTotp, TakesASessionAndReplacesADevice) {
  RegisterTotp command{.id = kNewCredential,
                       .account = kBen,
                       .sealed_secret = "sealed",
                       .label = "Phone",
                       .held = {held(kDevice, CredentialKind::totp)}};
  NewEvent registered{credential(kNewCredential), TotpRegistered{kBen, "sealed", "Phone"}};
  given(acme())
      .as(kBen)
      .by(CredentialKind::session, kSession)
      .when(command)
      .then({registered, ended(kDevice)});
  command.held.clear();
  given(acme()).as(kBen).by(CredentialKind::session, kSession).when(command).then({registered});
  given(acme())
      .as(kBen)
      .by(CredentialKind::access_token, kOther)
      .when(command)
      .refused({{Code::permission_missing, ""}});
}

StartSession starting(std::vector<HeldCredential> has) {
  return {.id = kNewCredential,
          .account = kBen,
          .digest = "digest",
          .from = "192.0.2.7",
          .expires_at = kEnd,
          .verified = kPassword,
          .held = std::move(has)};
}
NewEvent started(SignInMeans means = SignInMeans::password) {
  return {credential(kNewCredential), SessionStarted{kBen, "digest", means, "192.0.2.7", {}, kEnd}};
}

TEST(StartSession, WithThePasswordThatIsStillTheOne) {
  given(acme()).as(kBen).when(starting({held(kPassword, CredentialKind::password)})).then({started()});
  given(acme())
      .as(kBen)
      .when(starting({held(kOther, CredentialKind::password)}))
      .refused({{Code::credential_over, ""}});
}

TEST(StartSession, SessionsThatAreOverGoAndOfTooManyTheOldest) {
  std::vector<HeldCredential> has{held(kPassword, CredentialKind::password),
                                  held(kOther, CredentialKind::session, true)};
  for (std::uint64_t i = 0; i < kMaxSessionsOfUser; ++i)
    has.push_back(held(numbered_id<CredentialId>(100 + i), CredentialKind::session));
  given(acme())
      .as(kBen)
      .when(starting(has))
      .then({started(), ended(kOther), ended(numbered_id<CredentialId>(100))});
}

TEST(StartSession, AnOutsideIdentityIsLinkedOnce) {
  auto command = starting({});
  command.verified.reset();
  command.means = SignInMeans::external_identity;
  command.identity = ExternalIdentity{"https://id.example.org", "ben"};
  command.identity_id = kOther;
  auto with = started(SignInMeans::external_identity);
  given(acme()).as(kBen).when(command).then(
      {{credential(kOther), ExternalIdentityLinked{kBen, "https://id.example.org", "ben"}}, with});
  command.linked_to = kBen;
  given(acme()).as(kBen).when(command).then({with});
  command.linked_to = kAnn;
  given(acme()).as(kBen).when(command).refused({{Code::permission_missing, ""}});
  command.linked_to.reset();
  command.held = {{kDevice, CredentialKind::external_identity, false, "https://id.example.org"}};
  given(acme()).as(kBen).when(command).refused({{Code::permission_missing, ""}});
  command.held = {{kDevice, CredentialKind::external_identity, false, "https://another.example.org"}};
  given(acme()).as(kBen).when(command).then(
      {{credential(kOther), ExternalIdentityLinked{kBen, "https://id.example.org", "ben"}}, with});
}

// -- issued to users

TEST(IssueCredential, ATokenThatEndsGetsNoneThatEndsLater) {
  IssueCredential command{.id = kNewCredential,
                          .holder = SubjectKind::user,
                          .account = kBen,
                          .proof = MadeSecret{CredentialKind::access_token, "digest", "hint"}};
  auto asked = [&] {
    return given(acme()).as(kBen).by(CredentialKind::access_token, kOther, kEnd).when(command);
  };
  asked().refused({{Code::invalid_value, "expires_at"}});
  command.expires_at = Time{kEnd.micros + 1};
  asked().refused({{Code::invalid_value, "expires_at"}});
  command.expires_at = kEnd;
  asked().then({{credential(kNewCredential), AccessTokenIssued{kBen, "", "digest", "hint", kEnd}}});
  command.expires_at.reset();
  given(acme())
      .as(kBen)
      .by(CredentialKind::session, kSession, kEnd)
      .when(command)
      .then({{credential(kNewCredential), AccessTokenIssued{kBen, "", "digest", "hint", {}}}});
}

TEST(IssueCredential, ALinkIsGivenByWhoMayEditUsersAndEndsSoon) {
  IssueCredential command{.id = kNewCredential,
                          .holder = SubjectKind::user,
                          .account = kBen,
                          .proof = MadeSecret{CredentialKind::sign_in_link, "digest", "hint"}};
  given(acme()).as(kBen).when(command).refused({{Code::permission_missing, ""}});
  given(acme()).as(kAnn).when(command).then(
      {{credential(kNewCredential), SignInLinkIssued{kBen, "digest", "hint", link_end({})}}});
  command.account = kAnn;
  given(acme())
      .as(kAnn)
      .by(CredentialKind::access_token, kOther)
      .when(command)
      .refused({{Code::permission_missing, ""}});
  command.account = kBen;
  command.expires_at = Time{(kMaxLinkLifetime + 1) * 1'000'000};
  given(acme()).as(kAnn).when(command).refused({{Code::invalid_value, "expires_at"}});
}

TEST(IssueCredential, AnInitialAccessTokenGivesWhatItsHolderMayGive) {
  IssueCredential command{.id = kNewCredential,
                          .holder = SubjectKind::user,
                          .account = kAnn,
                          .proof = InitialAccessProof{"digest", "hint", {kIntakeWorker}, 3}};
  given(acme()).as(kAnn).when(command).then(
      {{credential(kNewCredential),
        InitialAccessTokenIssued{kAnn, "digest", "hint", {kIntakeWorker}, 3, {}, {}}}});
  given(acme())
      .as(kAnn)
      .by(CredentialKind::access_token, kOther, kEnd)
      .when(command)
      .refused({{Code::invalid_value, "expires_at"}});
  command.proof = InitialAccessProof{"digest", "hint", {kEngageWorker}, {}};
  given(acme()).as(kAnn).when(command).refused({{Code::role_exceeds_giver, "roles/0"}});
  command.proof = InitialAccessProof{"digest", "hint", {}, {}};
  given(acme()).as(kAnn).when(command).refused({{Code::required, "roles"}});
}

TEST(RevokeCredential, WhatGuardsTheSignInNeedsASession) {
  for (auto kind : {CredentialKind::password, CredentialKind::totp, CredentialKind::external_identity}) {
    RevokeCredential command{.id = kPassword,
                             .holder = SubjectKind::user,
                             .account = kBen,
                             .current = CredentialState{.account = kBen, .kind = kind}};
    given(acme())
        .as(kBen)
        .by(CredentialKind::access_token, kOther)
        .when(command)
        .refused({{Code::permission_missing, ""}});
    given(acme()).as(kBen).by(CredentialKind::session, kSession).when(command).then({ended(kPassword)});
    given(acme()).as(kAnn).by(CredentialKind::access_token, kOther).when(command).then({ended(kPassword)});
    // Not of somebody who may do more.
    given(acme(), {{user(kBen), UserRolesChanged{{kIntakeWorker, kEngageWorker}}}})
        .as(kAnn)
        .when(command)
        .refused({{Code::role_exceeds_giver, ""}});
  }
}

}  // namespace
}  // namespace byline::test
