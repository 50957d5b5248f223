#include "domain/default_roles.hpp"

#include "domain/levels.hpp"

#include <gtest/gtest.h>

#include <set>

#include "domain/example.hpp"
#include "support/printing.hpp"

namespace byline::test {
namespace {

using enum Area;
using enum Operation;

struct Expected {
  std::string_view key;
  std::string_view name;
  bool locked;
  PermissionMatrix permissions;
};

/// As the field describes them: written down by hand, and not computed from anything of the product.
std::vector<Expected> expectations() {
  return {
      {"admin", "Admin", true,
       permits({{admin_applications, {view, edit, create, remove}},
                {admin_users, {view, edit, create, remove}},
                {admin_roles, {view, edit, create, remove}},
                {admin_organization, {view, edit, create, remove}},
                {admin_audit, {view, edit, create, remove}},
                {admin_projections, {view, edit, create, remove}}})},
      {"application_portal_user", "Application Portal User", true, permits({{portal, {view, edit, create}}})},
      {"provider_portal_user", "Provider Portal User", true,
       permits({{provider_portal, {view, edit, create}}})},
      {"engage_observer", "Engage Observer", false, permits({{engage, {view}}, {people, {view}}})},
      {"engage_worker", "Engage Worker", false,
       permits(
           {{engage, {view, edit}, Level::assignments}, {engage, {create}}, {people, {view, edit, create}}})},
      {"engage_supervisor", "Engage Supervisor", false,
       permits({{engage, {view, edit, create, remove}}, {people, {view, edit, create, remove}}})},
      {"intake_observer", "Intake Observer", false, permits({{intake, {view}}, {people, {view}}})},
      {"intake_worker", "Intake Worker", false,
       permits({{intake, {view, edit, create, remove}}, {people, {view, edit, create}}})},
      {"intake_supervisor", "Intake Supervisor", false,
       permits({{intake, {view, edit, create, remove}}, {people, {view, edit, create, remove}}})},
      {"provider_observer", "Provider Observer", false,
       permits({{provider_management, {view}}, {people, {view}}})},
      {"provider_worker", "Provider Worker", false,
       permits({{provider_management, {view, edit, create}}, {people, {view, edit, create}}})},
      {"provider_supervisor", "Provider Supervisor", false,
       permits(
           {{provider_management, {view, edit, create, remove}}, {people, {view, edit, create, remove}}})},
      {"reporting_observer", "Reporting Observer", true, permits({{reporting, {view}}})},
      {"reporting_admin", "Reporting Admin", true, permits({{reporting, {view, edit, create, remove}}})},
  };
}

TEST(DefaultRoles, PermitWhatTheFieldSaysTheyDo) {
  auto roles = default_roles();
  auto expected = expectations();
  ASSERT_EQ(roles.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(roles[i].key, expected[i].key);
    EXPECT_EQ(roles[i].name, expected[i].name);
    EXPECT_EQ(roles[i].permissions, expected[i].permissions) << expected[i].name;
    EXPECT_EQ(roles[i].locked, expected[i].locked) << expected[i].name;
  }
}

TEST(DefaultRoles, AreFoundByTheKeyThatTheLogHas) {
  for (const auto& expected : expectations()) {
    const auto* found = find_default_role(expected.key);
    ASSERT_TRUE(found) << expected.key;
    EXPECT_EQ(found->name, expected.name);
  }
  EXPECT_EQ(find_default_role("Admin"), nullptr);
  EXPECT_EQ(find_default_role(""), nullptr);
}

TEST(DefaultRoles, UseOnlyLevelsThatExist) {
  for (const auto& role : default_roles()) {
    for_each_permission(role.permissions, [&](Area area, Operation, Level level) {
      EXPECT_TRUE(is_possible(area, level)) << role.name;
    });
  }
}

TEST(DefaultRoles, ThoseOfTheFirstAdministratorTogetherCoverAllOfThem) {
  PermissionMatrix first;
  for (const auto& role : default_roles()) {
    if (role.of_first_administrator) first.unite(role.permissions);
  }
  for (const auto& role : default_roles()) EXPECT_TRUE(first.covers(role.permissions)) << role.name;
}

}  // namespace
}  // namespace byline::test
