#include "projections/audit.hpp"

#include "projections/key.hpp"
#include "view_fixture.hpp"

namespace byline::test {
namespace {

class AuditView : public ViewFixture {
 protected:
  AuditView() : ViewFixture(View::audit) {}
  /// The positions under the prefix in the order of the keys, each with its row's value.
  std::string found(const std::string& prefix) const {
    std::string text;
    for (const auto& [key, value] : rows()) {
      if (!key.starts_with(prefix)) continue;
      text += (text.empty() ? "" : " ") + std::to_string(position_at_end(key).value) + ":" + value;
    }
    return text;
  }
};

TEST_F(AuditView, ACommitStandsOnceUnderItsOrganizationAndActor) {
  given_together(
      {{kImportSubject, registered("Import")},
       {{SubjectKind::credential, id_of<CredentialId>(51)}, ClientSecretIssued{kImport, "d", "h"}}},
      kAda);
  given(kImportSubject, ApplicationRenamed{"Intake"}, kBo);
  EXPECT_EQ(found(audit_prefix(kHarbor)), "1:2 3:1");
  EXPECT_EQ(found(audit_actor_prefix(kHarbor, kAda)), "1:2");
  EXPECT_EQ(found(audit_actor_prefix(kHarbor, kBo)), "3:1");
  EXPECT_EQ(found(audit_actor_prefix(kHarbor, kImport)), "");
}

TEST_F(AuditView, EveryEventStandsUnderItsSubject) {
  given_together({{kImportSubject, ApplicationRenamed{"Intake"}},
                  {kImportSubject, ApplicationDeactivated{}},
                  {kExportSubject, registered("Export")}});
  given(kImportSubject, ApplicationReactivated{});
  EXPECT_EQ(found(audit_subject_prefix(kHarbor, kImportSubject.id_view())), "1:1 2:1 4:1");
  EXPECT_EQ(found(audit_subject_prefix(kHarbor, kExportSubject.id_view())), "3:1");
}

TEST_F(AuditView, WhatIsDeletedKeepsItsHistory) {
  given(kReportSubject, RecordCreated{"intake/reports", {}});
  given(kReportSubject, RecordDeleted{"intake/reports"});
  EXPECT_EQ(found(audit_subject_prefix(kHarbor, kReportSubject.id_view())), "1:1 2:1");
}

TEST_F(AuditView, AnotherOrganizationsEventsAreNotAmongThem) {
  given(kReportSubject, RecordCreated{"intake/reports", {}}, kAda, kHill);
  EXPECT_EQ(found(audit_prefix(kHarbor)), "");
  EXPECT_EQ(found(audit_actor_prefix(kHarbor, kAda)), "");
  EXPECT_EQ(found(audit_prefix(kHill)), "1:1");
}

TEST_F(AuditView, PositionsStandInTheirOrder) {
  std::string expected;
  for (int i = 1; i <= 300; ++i) {
    given(kReportSubject, RecordUpdated{"intake/reports", {}});
    expected += (i > 1 ? " " : "") + std::to_string(i) + ":1";
  }
  EXPECT_EQ(found(audit_prefix(kHarbor)), expected) << "by number, not by digit";
}

}  // namespace
}  // namespace byline::test
