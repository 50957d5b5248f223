#include "domain/erasure.hpp"

#include <gtest/gtest.h>

#include "domain/example.hpp"
#include "domain/given.hpp"

namespace byline::test {
namespace {

const auto kRecord = numbered_id<RecordId>(80);
const auto kSession = numbered_id<CredentialId>(83);

ErasureTarget known() {
  ErasureTarget target;
  target.is_known = true;
  return target;
}
ErasureTarget known_over() {
  auto target = known();
  target.is_over = true;
  return target;
}
EraseSubject erasing(SubjectKind kind, const auto& id, ErasureTarget target = known()) {
  return {kind, {id.bytes}, {}, std::move(target)};
}

TEST(Erasure, DeletesWhatIsStillThere) {
  auto target = known();
  target.credentials = {kNewCredential};
  given(acme())
      .as(kAnn)
      .when(erasing(SubjectKind::application, kImport, target))
      .then({{application(kImport), ApplicationDeleted{}},
             {{SubjectKind::credential, kNewCredential}, CredentialErased{kImport}},
             {application(kImport), ApplicationErased{}}});
}

TEST(Erasure, EndsAUsersSignInsAndErasesItsOtherCredentials) {
  auto target = known();
  target.credentials = {kNewCredential, kSession};
  target.held = {{kNewCredential, CredentialKind::access_token, false, {}},
                 {kSession, CredentialKind::session, false, {}}};
  given(acme())
      .as(kAnn)
      .when(erasing(SubjectKind::user, kBen, target))
      .then({{{SubjectKind::credential, kSession}, CredentialRevoked{kBen}},
             {user(kBen), UserDeleted{}},
             {{SubjectKind::credential, kNewCredential}, CredentialErased{kBen}},
             {user(kBen), UserErased{}}});
}

TEST(Erasure, TakesOneThatWasDeletedBefore) {
  given(acme())
      .as(kAnn)
      .when(erasing(SubjectKind::user, kBen, known_over()))
      .then({{user(kBen), UserErased{}}});
}

TEST(Erasure, IsDoneOnce) {
  auto target = known_over();
  target.is_erased = true;
  given(acme()).as(kAnn).when(erasing(SubjectKind::user, kBen, target)).then_nothing();
}

TEST(Erasure, KnowsNothingOfOthers) {
  given(acme()).as(kAnn).when(erasing(SubjectKind::user, kBen, {})).refused({{Code::not_found, {}}});
  given(acme()).as(kAnn).when(erasing(SubjectKind::record, kRecord, {})).refused({{Code::not_found, {}}});
}

TEST(Erasure, LeavesTheLastAdministrator) {
  given(acme()).as(kAnn).when(erasing(SubjectKind::user, kAnn)).refused({{Code::last_administrator, {}}});
}

TEST(Erasure, TakesThePermissionToDelete) {
  given(acme()).as(kImport).when(erasing(SubjectKind::user, kBen)).refused({{Code::permission_missing, {}}});
  given(acme())
      .as(kImport)
      .when(erasing(SubjectKind::application, kImport))
      .refused({{Code::permission_missing, {}}});
}

TEST(Erasure, OfARecordTakesAPermissionThatReachesAll) {
  auto target = known_over();
  target.collection = "intake/reports";
  for (auto level : {Level::assignments, Level::limited, Level::all}) {
    PermissionMatrix permissions;
    permissions.set(Area::intake, Operation::view, Level::all);
    permissions.set(Area::intake, Operation::remove, level);
    auto events = acme();
    events.push_back({role(kNewRole), RoleCreated{"Of the test", permissions, {}}});
    auto worker = numbered_id<AccountId>(81);
    events.push_back(registered(worker, "worker@acme.example", {kNewRole}));
    auto decided = given(events).as(worker).when(erasing(SubjectKind::record, kRecord, target));
    if (level == Level::all) {
      decided.then({{record(kRecord), RecordErased{"intake/reports"}}});
    } else {
      decided.refused({{Code::permission_missing, {}}});
    }
  }
}

}  // namespace
}  // namespace byline::test
