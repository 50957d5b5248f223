#include "projections/access.hpp"

#include "view_fixture.hpp"

namespace byline::test {
namespace {

constexpr const char* kReports = "intake/reports";
const auto kTeam = id_of<TeamId>(51);

class AccessView : public ViewFixture {
 protected:
  AccessView() : ViewFixture(View::access) { given(kReportSubject, RecordCreated{kReports, {}}); }

  void assign(const std::optional<AccountId>& account) {
    given(kReportSubject, RecordAssigned{kReports, account});
  }
  void list(std::vector<AccountId> accounts, std::vector<TeamId> teams) {
    given(kReportSubject, RecordAccessListChanged{kReports, std::move(accounts), std::move(teams)});
  }
  bool is_open() const { return !rests(open_records_prefix(kHarbor, kReports)).empty(); }
  bool is_assigned_to(const AccountId& account) const {
    return !rests(assigned_records_prefix(kHarbor, account, kReports)).empty();
  }
  bool is_granted_to(std::string_view id) const {
    return !rests(granted_records_prefix(kHarbor, id, kReports)).empty();
  }
};

TEST_F(AccessView, ARecordIsOpenUntilAListIsGiven) {
  EXPECT_EQ(rests(open_records_prefix(kHarbor, kReports)), std::vector{std::string(kReport.view())});
  EXPECT_EQ(row(access_key(kHarbor, kReport)), std::nullopt);
  list({kBo}, {kTeam});
  EXPECT_FALSE(is_open());
  EXPECT_TRUE(is_granted_to(kBo.view()));
  EXPECT_TRUE(is_granted_to(kTeam.view()));
  auto parsed = parse_access_row(row(access_key(kHarbor, kReport)).value());
  EXPECT_EQ(parsed.accounts, std::vector{kBo});
  EXPECT_EQ(parsed.teams, std::vector{kTeam});
  list({kAda}, {});
  EXPECT_FALSE(is_granted_to(kBo.view()));
  EXPECT_FALSE(is_granted_to(kTeam.view()));
  EXPECT_TRUE(is_granted_to(kAda.view()));
  list({}, {});
  EXPECT_TRUE(is_open());
  EXPECT_EQ(rows().size(), 1U);
}

TEST_F(AccessView, ARecordIsAssignedToOneAccount) {
  assign(kBo);
  EXPECT_TRUE(is_assigned_to(kBo));
  EXPECT_TRUE(is_open());
  assign(kAda);
  EXPECT_FALSE(is_assigned_to(kBo));
  EXPECT_EQ(parse_access_row(row(access_key(kHarbor, kReport)).value()).assignee, kAda);
  assign(std::nullopt);
  EXPECT_FALSE(is_assigned_to(kAda));
  EXPECT_EQ(rows().size(), 1U);
}

TEST_F(AccessView, NothingIsLeftOfADeletedRecord) {
  assign(kBo);
  list({kBo, kAda}, {kTeam});
  given(kReportSubject, RecordDeleted{kReports});
  EXPECT_TRUE(rows().empty());
}

TEST_F(AccessView, AnIndexIsOfOneCollectionAndOrganization) {
  assign(kBo);
  EXPECT_TRUE(rests(assigned_records_prefix(kHarbor, kBo, "intake/report")).empty());
  EXPECT_TRUE(rests(assigned_records_prefix(kHill, kBo, kReports)).empty());
  EXPECT_TRUE(rests(open_records_prefix(kHill, kReports)).empty());
}

}  // namespace
}  // namespace byline::test
