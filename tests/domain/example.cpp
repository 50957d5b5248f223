#include "domain/example.hpp"

#include "domain/default_roles.hpp"

namespace byline::test {
namespace {

NewEvent default_role(const RoleId& id, std::string_view key) {
  const auto* found = find_default_role(key);
  return {role(id), RoleCreated{std::string(found->name), found->permissions, std::string(key)}};
}

PermissionMatrix views_intake() { return permits({{Area::intake, {Operation::view}}}); }

}  // namespace

PermissionMatrix permits(std::initializer_list<Permit> permits) {
  PermissionMatrix matrix;
  for (const auto& permit : permits) {
    for (auto operation : permit.operations) matrix.set(permit.area, operation, permit.level);
  }
  return matrix;
}

EmailAddress email(std::string_view text) { return parse_email(text).value(); }

NewEvent made_user(const AccountId& id, std::string_view address, std::vector<RoleId> roles) {
  auto parsed = email(address);
  return {user(id), UserCreated{"A user", parsed.text, parsed.key, std::move(roles)}};
}

NewEvent registered(const AccountId& id, std::string_view address, std::vector<RoleId> roles) {
  auto parsed = email(address);
  return {application(id), ApplicationRegistered{"An application", parsed.text, parsed.key, std::move(roles),
                                                 std::nullopt, std::nullopt}};
}

std::vector<NewEvent> acme() {
  return {
      {organization(kAcme), OrganizationCreated{"Acme", Plan::enterprise}},
      default_role(kAdmin, "admin"),
      default_role(kIntakeWorker, "intake_worker"),
      default_role(kIntakeSupervisor, "intake_supervisor"),
      default_role(kEngageWorker, "engage_worker"),
      {role(kNightShift), RoleCreated{"Night Shift", views_intake(), std::nullopt}},
      {user(kAnn), UserCreated{"Ann", "ann@acme.example", "ann@acme.example", {kAdmin, kIntakeSupervisor}}},
      {user(kBen), UserCreated{"Ben", "ben@acme.example", "ben@acme.example", {kIntakeWorker}}},
      {application(kImport), ApplicationRegistered{"Import",
                                                   "import@acme.example",
                                                   "import@acme.example",
                                                   {kIntakeWorker},
                                                   "https://import.acme.example/",
                                                   "Reads the nightly file."}},
      registered(kRobot, "robot@acme.example", {kAdmin}),
  };
}

std::vector<NewEvent> birch() {
  return {
      {organization(kBirch), OrganizationCreated{"Birch", Plan::enterprise}},
      default_role(kBirchAdmin, "admin"),
      {role(kBirchClerk), RoleCreated{"Clerk", views_intake(), std::nullopt}},
      made_user(kBea, "bea@birch.example", {kBirchAdmin}),
      registered(kBirchImport, "import@birch.example", {kBirchClerk}),
      {record(kBirchReport), RecordCreated{"intake/reports", {"{}"}}},
  };
}

}  // namespace byline::test
