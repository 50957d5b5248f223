#include "projections/organizations.hpp"

#include "view_fixture.hpp"

namespace byline::test {
namespace {

class OrganizationsView : public ViewFixture {
 protected:
  OrganizationsView() : ViewFixture(View::organizations) {}
  OrganizationRow organization() { return parse_organization_row(row(organization_key(kHarbor)).value()); }
};

TEST_F(OrganizationsView, NameAndPlanAreFolded) {
  given(kHarborSubject, OrganizationCreated{"Harbor County", Plan::enterprise});
  EXPECT_EQ(organization().name, "Harbor County");
  EXPECT_EQ(organization().plan, Plan::enterprise);
  given(kHarborSubject, OrganizationRenamed{"Harbor"});
  given(kHarborSubject, OrganizationPlanChanged{Plan::standard});
  EXPECT_EQ(organization().name, "Harbor");
  EXPECT_EQ(organization().plan, Plan::standard);
  EXPECT_EQ(rows().size(), 1U);
}

TEST_F(OrganizationsView, AChangeOfWhatIsNotThereIsAnError) {
  EXPECT_THROW(given(kHarborSubject, OrganizationRenamed{"Harbor"}), std::runtime_error);
}

}  // namespace
}  // namespace byline::test
