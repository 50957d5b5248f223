#include "domain/narrowest_roles.hpp"

#include <gtest/gtest.h>

#include "domain/example.hpp"

namespace byline::test {
namespace {

using enum Operation;
using Places = std::vector<std::size_t>;

TEST(NarrowestRoles, GiveWhatIsNeededAndAsLittleElseAsPossible) {
  const std::vector<PermissionMatrix> roles = {
      permits({{Area::intake, {view, edit, create, remove}}, {Area::people, {view, edit, create}}}),
      permits({{Area::intake, {view}}, {Area::people, {view}}}),
      permits({{Area::people, {view}}}),
      permits({{Area::intake, {view}, Level::limited}}),
      permits({{Area::intake, {view, edit}, Level::limited}}),
  };
  auto of = [&](const PermissionMatrix& needed) { return narrowest_roles(roles, needed); };
  EXPECT_EQ(of(permits({{Area::people, {view}}})), Places{2});
  EXPECT_EQ(of(permits({{Area::intake, {view}, Level::assignments}})), Places{3});
  EXPECT_EQ(of(permits({{Area::intake, {edit}, Level::limited}})), Places{4});
  EXPECT_EQ(of(permits({{Area::intake, {view}, Level::limited}, {Area::people, {view}}})), (Places{2, 3}));
  EXPECT_EQ(of(permits({{Area::intake, {remove}}})), Places{0});
  EXPECT_EQ(of({}), Places{}) << "nothing needs no role";
  EXPECT_EQ(of(permits({{Area::reporting, {view}}})), std::nullopt);
}

TEST(NarrowestRoles, AreFewWhereItComesToTheSame) {
  auto people = permits({{Area::people, {view}}});
  const std::vector<PermissionMatrix> roles = {people, people, people};
  EXPECT_EQ(narrowest_roles(roles, people)->size(), 1U);
}

}  // namespace
}  // namespace byline::test
