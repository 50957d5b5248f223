#pragma once

#include <initializer_list>
#include <string_view>
#include <vector>

#include "domain/decision.hpp"
#include "domain/email.hpp"
#include "support/ids.hpp"

namespace byline::test {

// Two organizations of one deployment, as the tests of the deciders find them.
//
// Acme, on the Enterprise plan, has the roles below; Ann administers it and may do everything in Intake and
// People, nothing in Engage. Ben works intake. The application Import works intake, too, and the application
// Robot administers.
inline const auto kAcme = numbered_id<OrganizationId>(1);
inline const auto kAdmin = numbered_id<RoleId>(10);
inline const auto kIntakeWorker = numbered_id<RoleId>(11);
inline const auto kIntakeSupervisor = numbered_id<RoleId>(12);
inline const auto kEngageWorker = numbered_id<RoleId>(13);
inline const auto kNightShift = numbered_id<RoleId>(14);  ///< a custom role: intake, view; nobody has it
inline const auto kAnn = numbered_id<AccountId>(20);      ///< ann@acme.example
inline const auto kBen = numbered_id<AccountId>(21);      ///< ben@acme.example
inline const auto kImport = numbered_id<AccountId>(22);   ///< import@acme.example
inline const auto kRobot = numbered_id<AccountId>(23);    ///< robot@acme.example
std::vector<NewEvent> acme();

// Birch, where Bea is the administrator, the application Birch Import works, and a report has been written.
inline const auto kBirch = numbered_id<OrganizationId>(2);
inline const auto kBirchAdmin = numbered_id<RoleId>(30);
inline const auto kBirchClerk = numbered_id<RoleId>(31);      ///< a custom role: intake, view
inline const auto kBea = numbered_id<AccountId>(40);          ///< bea@birch.example
inline const auto kBirchImport = numbered_id<AccountId>(41);  ///< import@birch.example
inline const auto kBirchReport = numbered_id<RecordId>(50);
std::vector<NewEvent> birch();

// For what the test itself brings into being.
inline const auto kNewAccount = numbered_id<AccountId>(60);
inline const auto kNewRole = numbered_id<RoleId>(61);
inline const auto kNewCredential = numbered_id<CredentialId>(62);

inline Subject organization(const OrganizationId& id) { return {SubjectKind::organization, id}; }
inline Subject user(const AccountId& id) { return {SubjectKind::user, id}; }
inline Subject application(const AccountId& id) { return {SubjectKind::application, id}; }
inline Subject role(const RoleId& id) { return {SubjectKind::role, id}; }
inline Subject credential(const CredentialId& id) { return {SubjectKind::credential, id}; }
inline Subject record(const RecordId& id) { return {SubjectKind::record, id}; }
inline Subject team(const TeamId& id) { return {SubjectKind::team, id}; }
inline Subject collection(const CollectionId& id) { return {SubjectKind::collection, id}; }

struct Permit {
  Area area;
  std::initializer_list<Operation> operations;
  Level level = Level::all;
};
PermissionMatrix permits(std::initializer_list<Permit> permits);

EmailAddress email(std::string_view text);

/// The event that makes a user with this address and these roles.
NewEvent made_user(const AccountId& id, std::string_view address, std::vector<RoleId> roles);
NewEvent registered(const AccountId& id, std::string_view address, std::vector<RoleId> roles);

}  // namespace byline::test
