#include "projections/bylines.hpp"

#include "view_fixture.hpp"

namespace byline::test {
namespace {

class BylinesView : public ViewFixture {
 protected:
  BylinesView() : ViewFixture(View::bylines) {}
  std::optional<Byline> byline(const Subject& subject) {
    auto bytes = row(byline_key(subject));
    return bytes ? std::optional(parse_byline(*bytes)) : std::nullopt;
  }
};

TEST_F(BylinesView, TheFirstEventCreates) {
  given(kReportSubject, RecordCreated{"intake/reports", {}}, kImport);
  auto byline = this->byline(kReportSubject);
  ASSERT_TRUE(byline);
  EXPECT_EQ(byline->created_by, kImport);
  EXPECT_EQ(byline->created_at, at(1));
  EXPECT_EQ(byline->last_updated_by, kImport);
  EXPECT_EQ(byline->last_updated_at, at(1));
  EXPECT_EQ(byline->version.value, 1U);
}

TEST_F(BylinesView, LaterEventsUpdateAndLeaveWhoCreated) {
  given(kReportSubject, RecordCreated{"intake/reports", {}}, kImport);
  given(kReportSubject, RecordUpdated{"intake/reports", {}}, kBo);
  given(kReportSubject, RecordUpdated{"intake/reports", {}}, kAda);
  auto byline = this->byline(kReportSubject);
  ASSERT_TRUE(byline);
  EXPECT_EQ(byline->created_by, kImport);
  EXPECT_EQ(byline->created_at, at(1));
  EXPECT_EQ(byline->last_updated_by, kAda);
  EXPECT_EQ(byline->last_updated_at, at(3));
  EXPECT_EQ(byline->version.value, 3U);
}

TEST_F(BylinesView, EveryKindOfSubjectHasOne) {
  Subject credential{SubjectKind::credential, id_of<CredentialId>(51)};
  given(kHarborSubject, OrganizationCreated{"Harbor County", Plan::enterprise}, kSystemAccount);
  given(kWorkerSubject, RoleCreated{"Worker", {}, {}});
  given(kAdaSubject, UserCreated{"Ada", "a@example.org", "a@example.org", {}});
  given(kImportSubject, registered("Import"));
  given(credential, ClientSecretIssued{kImport, "digest", "hint"});
  given(kReportSubject, RecordCreated{"intake/reports", {}});
  for (const auto& subject :
       {kHarborSubject, kWorkerSubject, kAdaSubject, kImportSubject, credential, kReportSubject}) {
    EXPECT_TRUE(byline(subject)) << name_of(subject.kind);
  }
  EXPECT_EQ(byline(kHarborSubject)->created_by, kSystemAccount);
  EXPECT_EQ(rows().size(), 6U);
}

TEST_F(BylinesView, SubjectsOfTwoKindsWithOneIdAreTwo) {
  auto number = id_of<AccountId>(99);
  given({SubjectKind::user, number}, UserCreated{"Ada", "a@example.org", "a@example.org", {}}, kAda);
  given({SubjectKind::application, number}, registered("Import"), kBo);
  EXPECT_EQ(byline({SubjectKind::user, number})->created_by, kAda);
  EXPECT_EQ(byline({SubjectKind::application, number})->created_by, kBo);
}

TEST_F(BylinesView, ItGoesWithItsSubject) {
  given(kWorkerSubject, RoleCreated{"Worker", {}, {}});
  given(kAdaSubject, UserCreated{"Ada", "a@example.org", "a@example.org", {}});
  given(kImportSubject, registered("Import"));
  given(kReportSubject, RecordCreated{"intake/reports", {}});
  given(kReportSubject, RecordDeleted{"intake/reports"});
  given(kImportSubject, ApplicationDeleted{});
  given(kAdaSubject, UserDeleted{});
  given(kWorkerSubject, RoleDeleted{});
  EXPECT_TRUE(rows().empty());
}

TEST_F(BylinesView, TimesBefore1970AreKept) {
  Byline byline = parse_byline(std::string(16, 'a') + std::string(8, '\xFF') + std::string(16, 'b') +
                               std::string(7, '\0') + "\x05" + std::string(3, '\0') + "\x07");
  EXPECT_EQ(byline.created_at.micros, -1);
  EXPECT_EQ(byline.last_updated_at.micros, 5);
  EXPECT_EQ(byline.version.value, 7U);
}

TEST(Byline, OfAnotherLengthIsRefused) {
  EXPECT_THROW(parse_byline(""), std::runtime_error);
  EXPECT_THROW(parse_byline(std::string(51, 'a')), std::runtime_error);
  EXPECT_THROW(parse_byline(std::string(53, 'a')), std::runtime_error);
}

}  // namespace
}  // namespace byline::test
