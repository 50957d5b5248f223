#include "events/permission.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "events/event.hpp"

namespace byline::test {
namespace {

using enum Level;
using enum Operation;

TEST(Permission, NamesInTheLogAndTheApiNeverChange) {
  const std::vector<std::string> areas = {"admin.applications",
                                          "admin.users",
                                          "admin.roles",
                                          "admin.organization",
                                          "admin.audit",
                                          "admin.projections",
                                          "people",
                                          "engage",
                                          "intake",
                                          "provider_management",
                                          "portal",
                                          "provider_portal",
                                          "reporting"};
  ASSERT_EQ(areas.size(), kAreaCount);
  for (std::size_t i = 0; i < kAreaCount; ++i) {
    EXPECT_EQ(name_of(static_cast<Area>(i)), areas[i]);
    EXPECT_EQ(area_named(areas[i]), static_cast<Area>(i));
  }
  EXPECT_EQ(name_of(remove), "delete");
  for (const char* name : {"view", "edit", "create", "delete"}) {
    EXPECT_EQ(name_of(operation_named(name).value()), name);
  }
  for (const char* name : {"none", "assignments", "limited", "all"}) {
    EXPECT_EQ(name_of(level_named(name).value()), name);
  }
  for (const char* name : {"organization", "user", "role", "application", "credential", "record"}) {
    EXPECT_EQ(name_of(subject_kind_named(name).value()), name);
  }
  for (const char* name : {"standard", "enterprise"}) EXPECT_EQ(name_of(plan_named(name).value()), name);
}

TEST(Permission, OtherNamesMeanNothing) {
  for (const char* name : {"", "View", "remove", "People", "admin", "all ", "non"}) {
    EXPECT_FALSE(area_named(name)) << name;
    EXPECT_FALSE(operation_named(name)) << name;
    EXPECT_FALSE(level_named(name)) << name;
    EXPECT_FALSE(subject_kind_named(name)) << name;
    EXPECT_FALSE(plan_named(name)) << name;
  }
}

TEST(Permission, NothingIsPermittedUnlessGiven) {
  PermissionMatrix matrix;
  for (std::size_t area = 0; area < kAreaCount; ++area) {
    for (auto operation : {view, edit, create, remove}) {
      EXPECT_EQ(matrix.at(static_cast<Area>(area), operation), none);
    }
  }
}

TEST(Permission, InAUnionTheHighestLevelWins) {
  PermissionMatrix one;
  one.set(Area::engage, view, assignments);
  one.set(Area::engage, edit, all);
  PermissionMatrix other;
  other.set(Area::engage, view, limited);
  other.set(Area::people, create, all);
  one.unite(other);
  EXPECT_EQ(one.at(Area::engage, view), limited);
  EXPECT_EQ(one.at(Area::engage, edit), all);
  EXPECT_EQ(one.at(Area::people, create), all);
  EXPECT_EQ(one.at(Area::people, remove), none);
}

TEST(Permission, CoversWhatIsNowhereHigher) {
  PermissionMatrix ours;
  ours.set(Area::intake, view, limited);
  PermissionMatrix theirs;
  EXPECT_TRUE(ours.covers(theirs));
  theirs.set(Area::intake, view, assignments);
  EXPECT_TRUE(ours.covers(theirs));
  EXPECT_TRUE(ours.covers(ours));
  theirs.set(Area::intake, view, all);
  EXPECT_FALSE(ours.covers(theirs));
  theirs.set(Area::intake, view, none);
  theirs.set(Area::intake, edit, assignments);
  EXPECT_FALSE(ours.covers(theirs));
}

TEST(Permission, LevelsRiseFromNoneToAll) {
  EXPECT_LT(none, assignments);
  EXPECT_LT(assignments, limited);
  EXPECT_LT(limited, all);
}

TEST(Permission, AMatrixIsWalkedCellByCellAboveNone) {
  PermissionMatrix matrix;
  matrix.set(Area::reporting, view, all);
  matrix.set(Area::people, remove, limited);
  matrix.set(Area::people, edit, none);
  std::vector<std::string> walked;
  for_each_permission(matrix, [&](Area area, Operation operation, Level level) {
    walked.push_back(std::string(name_of(area)) + " " + std::string(name_of(operation)) + " " +
                     std::string(name_of(level)));
  });
  EXPECT_EQ(walked, (std::vector<std::string>{"people delete limited", "reporting view all"}));
}

}  // namespace
}  // namespace byline::test
