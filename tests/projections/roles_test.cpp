#include "projections/roles.hpp"

#include "view_fixture.hpp"

namespace byline::test {
namespace {

class RolesView : public ViewFixture {
 protected:
  RolesView() : ViewFixture(View::roles) {}
  RoleRow role() { return parse_role_row(row(role_key(kHarbor, kWorker)).value()); }
};

TEST_F(RolesView, ARoleIsItsNameAndItsMatrix) {
  PermissionMatrix permissions;
  permissions.set(Area::intake, Operation::view, Level::all);
  permissions.set(Area::intake, Operation::edit, Level::assignments);
  permissions.set(Area::people, Operation::remove, Level::limited);
  given(kWorkerSubject, RoleCreated{"Intake Worker", permissions, "intake_worker"});
  EXPECT_EQ(role().name, "Intake Worker");
  EXPECT_EQ(role().permissions, permissions);
  EXPECT_EQ(role().default_key, "intake_worker");

  permissions.set(Area::intake, Operation::view, Level::none);
  given(kWorkerSubject, RoleRenamed{"Worker"});
  given(kWorkerSubject, RolePermissionsChanged{permissions});
  EXPECT_EQ(role().name, "Worker");
  EXPECT_EQ(role().permissions, permissions) << "the matrix is replaced as a whole";
  EXPECT_EQ(role().default_key, "intake_worker");
}

TEST_F(RolesView, ACustomRoleHasNoDefaultKey) {
  given(kWorkerSubject, RoleCreated{"Custom", {}, {}});
  EXPECT_FALSE(role().default_key);
  EXPECT_EQ(role().permissions, PermissionMatrix{});
}

TEST_F(RolesView, ADeletedRoleIsGone) {
  given(kWorkerSubject, RoleCreated{"Custom", {}, {}});
  given(kWorkerSubject, RoleDeleted{});
  EXPECT_TRUE(rows().empty());
}

TEST_F(RolesView, AnOrganizationsRolesAreOneRange) {
  given(kWorkerSubject, RoleCreated{"Custom", {}, {}});
  given({SubjectKind::role, kObserver}, RoleCreated{"Custom", {}, {}}, kAda, kHill);
  EXPECT_EQ(rests(role_prefix(kHarbor)), std::vector<std::string>{std::string(kWorker.view())});
}

}  // namespace
}  // namespace byline::test
