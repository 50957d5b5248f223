#include "projections/applications.hpp"

#include "events/lookalike.hpp"
#include "view_fixture.hpp"

namespace byline::test {
namespace {

class ApplicationsView : public ViewFixture {
 protected:
  ApplicationsView() : ViewFixture(View::applications) {}
  ApplicationRow application(const AccountId& id) {
    return parse_application_row(row(application_key(kHarbor, id)).value());
  }
  /// How many applications look as if they had this name.
  std::size_t alike(const std::string& name, const OrganizationId& organization = kHarbor) const {
    return rests(lookalike_prefix(organization, name)).size();
  }
};

TEST_F(ApplicationsView, ARegisteredApplicationIsShownAsGiven) {
  given(kImportSubject, ApplicationRegistered{"Nightly intake import",
                                              "Intake+casebook@example.org",
                                              "key",
                                              {kWorker, kObserver},
                                              "https://example.org/a?b=c",
                                              "Moves reports.\n\"Nightly\"."});
  auto row = application(kImport);
  EXPECT_EQ(row.name, "Nightly intake import");
  EXPECT_EQ(row.email, "Intake+casebook@example.org");
  EXPECT_EQ(row.roles, (std::vector{kWorker, kObserver}));
  EXPECT_EQ(row.url, "https://example.org/a?b=c");
  EXPECT_EQ(row.description, "Moves reports.\n\"Nightly\".");
  EXPECT_EQ(row.status, AccountStatus::active);
}

TEST_F(ApplicationsView, ChangesAreFolded) {
  given(kImportSubject, registered("Import"));
  EXPECT_FALSE(application(kImport).url);
  given(kImportSubject, ApplicationRenamed{"Intake"});
  given(kImportSubject, ApplicationEmailChanged{"b@example.org", "b@example.org"});
  given(kImportSubject, ApplicationRolesChanged{{kObserver}});
  given(kImportSubject, ApplicationUrlChanged{"https://example.org"});
  given(kImportSubject, ApplicationDescriptionChanged{"Purpose"});
  given(kImportSubject, ApplicationDeactivated{});
  auto row = application(kImport);
  EXPECT_EQ(row.name, "Intake");
  EXPECT_EQ(row.email, "b@example.org");
  EXPECT_EQ(row.roles, std::vector{kObserver});
  EXPECT_EQ(row.url, "https://example.org");
  EXPECT_EQ(row.description, "Purpose");
  EXPECT_EQ(row.status, AccountStatus::deactivated);
  given(kImportSubject, ApplicationUrlChanged{});
  given(kImportSubject, ApplicationDescriptionChanged{});
  given(kImportSubject, ApplicationReactivated{});
  EXPECT_FALSE(application(kImport).url);
  EXPECT_FALSE(application(kImport).description);
  EXPECT_EQ(application(kImport).status, AccountStatus::active);
}

TEST_F(ApplicationsView, ADeletedApplicationIsGone) {
  given(kImportSubject, registered("Import"));
  given(kImportSubject, ApplicationRenamed{"Intake"});
  given(kImportSubject, ApplicationDeleted{});
  EXPECT_TRUE(rows().empty());
}

TEST_F(ApplicationsView, NamesThatLookAlikeAreFoundTogether) {
  given(kImportSubject, registered("Nightly intake"));
  for (const char* name : {"Nightly intake", "NIGHTLY INTAKE",
                           "N\u0456ghtly \u0456ntake",    // Cyrillic і
                           "Nightly int\u0430ke",         // Cyrillic а
                           "Nightly intak\u0435",         // Cyrillic е
                           "Nigh\U0001D42Dly intake"}) {  // mathematical bold t
    EXPECT_EQ(alike(name), 1U) << name;
  }
  for (const char* name : {"Nightly intakes", "Nightly", "Nightly outtake", "Night1y outtake", ""}) {
    EXPECT_EQ(alike(name), 0U) << name;
  }
  EXPECT_EQ(alike("Nightly intake", kHill), 0U) << "nothing is told of another organization's names";
}

TEST_F(ApplicationsView, TwoWithOneNameAreBothFound) {
  given(kImportSubject, registered("Nightly intake"));
  given(kExportSubject, registered("N\u0456ghtly intake"));
  EXPECT_EQ(alike("nightly intake"), 2U);
  given(kImportSubject, ApplicationDeleted{});
  EXPECT_EQ(rests(lookalike_prefix(kHarbor, "nightly intake")),
            std::vector<std::string>{std::string(kExport.view())});
}

TEST_F(ApplicationsView, ARenamedApplicationIsFoundByItsNewNameAlone) {
  given(kImportSubject, registered("Nightly intake"));
  given(kImportSubject, ApplicationRenamed{"Daily export"});
  EXPECT_EQ(alike("Nightly intake"), 0U);
  EXPECT_EQ(alike("Daily export"), 1U);
  given(kImportSubject, ApplicationRenamed{"DAILY EXPORT"});
  EXPECT_EQ(alike("Daily export"), 1U) << "one that looks the same as before stays";
}

TEST(Skeleton, IsTheSameForWhatLooksTheSame) {
  EXPECT_EQ(skeleton_of("paypal"), skeleton_of("p\u0430yp\u0430l"));
  EXPECT_EQ(skeleton_of("Straße"), skeleton_of("STRASSE"));
  EXPECT_NE(skeleton_of("intake"), skeleton_of("intakes"));
  // What has only ASCII characters is looked up, and is what it would be among others.
  std::string all;
  for (char c = ' '; c < '\x7f'; ++c) all += c;
  EXPECT_EQ(skeleton_of(all + "漢"), skeleton_of(all) + skeleton_of("漢"));
  EXPECT_EQ(skeleton_as_written(all + "漢"), skeleton_as_written(all) + skeleton_as_written("漢"));
  EXPECT_EQ(skeleton_of(""), "");
}

}  // namespace
}  // namespace byline::test
