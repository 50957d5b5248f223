#include "projections/accounts.hpp"

#include <algorithm>

#include "view_fixture.hpp"

namespace byline::test {
namespace {

class AccountsView : public ViewFixture {
 protected:
  AccountsView() : ViewFixture(View::accounts) {}
  AccountRow account(const AccountId& id, const OrganizationId& organization = kHarbor) {
    return parse_account_row(row(account_key(organization, id)).value());
  }
  bool is_user(const AccountId& id) const {
    auto users = rests(user_index_prefix(kHarbor));
    return std::ranges::find(users, id.view()) != users.end();
  }
  void given_ada() { given(kAdaSubject, UserCreated{"Ada Moreno", "Ada@example.org", "key", {kWorker}}); }
};

TEST_F(AccountsView, UsersAndApplicationsAreAccounts) {
  given_ada();
  given(kImportSubject, registered("Import", "import@example.org"));
  auto ada = account(kAda);
  EXPECT_EQ(ada.kind, SubjectKind::user);
  EXPECT_EQ(ada.name, "Ada Moreno");
  EXPECT_EQ(ada.email, "Ada@example.org") << "as it was given, not as it is compared";
  EXPECT_EQ(ada.status, AccountStatus::active);
  EXPECT_EQ(ada.roles, std::vector{kWorker});
  EXPECT_EQ(account(kImport).kind, SubjectKind::application);
  EXPECT_EQ(account(kImport).name, "Import");
  EXPECT_TRUE(is_user(kAda));
  EXPECT_FALSE(is_user(kImport)) << "the index of users is of users";
}

TEST_F(AccountsView, ChangesAreFolded) {
  given_ada();
  given(kAdaSubject, UserRenamed{"Ada M."});
  given(kAdaSubject, UserEmailChanged{"am@example.org", "am@example.org"});
  given(kAdaSubject, UserRolesChanged{{kObserver, kWorker}});
  given(kAdaSubject, UserDeactivated{});
  EXPECT_EQ(account(kAda).name, "Ada M.");
  EXPECT_EQ(account(kAda).email, "am@example.org");
  EXPECT_EQ(account(kAda).roles, (std::vector{kObserver, kWorker}));
  EXPECT_EQ(account(kAda).status, AccountStatus::deactivated);
  given(kAdaSubject, UserReactivated{});
  EXPECT_EQ(account(kAda).status, AccountStatus::active);

  given(kImportSubject, registered("Import"));
  given(kImportSubject, ApplicationRenamed{"Intake import"});
  given(kImportSubject, ApplicationEmailChanged{"new@example.org", "new@example.org"});
  given(kImportSubject, ApplicationRolesChanged{{kObserver}});
  given(kImportSubject, ApplicationDeactivated{});
  EXPECT_EQ(account(kImport).name, "Intake import");
  EXPECT_EQ(account(kImport).email, "new@example.org");
  EXPECT_EQ(account(kImport).roles, std::vector{kObserver});
  EXPECT_EQ(account(kImport).status, AccountStatus::deactivated);
  given(kImportSubject, ApplicationReactivated{});
  EXPECT_EQ(account(kImport).status, AccountStatus::active);
}

TEST_F(AccountsView, ADeletedAccountKeepsItsNameAndLosesItsAddressAndRoles) {
  given_ada();
  given(kImportSubject, registered("Import"));
  given(kAdaSubject, UserDeleted{});
  given(kImportSubject, ApplicationDeleted{});
  for (const auto& [id, name] : {std::pair{kAda, "Ada Moreno"}, std::pair{kImport, "Import"}}) {
    EXPECT_EQ(account(id).name, name);
    EXPECT_EQ(account(id).email, "");
    EXPECT_TRUE(account(id).roles.empty());
    EXPECT_EQ(account(id).status, AccountStatus::deleted);
  }
  EXPECT_FALSE(is_user(kAda));
  for (const auto& [key, value] : rows()) EXPECT_EQ(value.find("example.org"), std::string::npos);
}

TEST_F(AccountsView, AnOrganizationHasItsOwnRows) {
  given_ada();
  given({SubjectKind::user, kBo}, UserCreated{"Bo", "bo@example.org", "bo@example.org", {}}, kAda, kHill);
  EXPECT_TRUE(row(account_key(kHill, kBo)));
  EXPECT_FALSE(row(account_key(kHarbor, kBo)));
  EXPECT_EQ(rests(user_index_prefix(kHarbor)).size(), 1U);
}

TEST_F(AccountsView, AChangeOfWhatIsNotThereIsAnError) {
  EXPECT_THROW(given(kAdaSubject, UserRenamed{"Ada"}), std::runtime_error);
}

TEST_F(AccountsView, NamesOfAnyScriptComeBackUnchanged) {
  for (const char* name : {"O’Brien \"the\" \\importer\\", "ייבוא לילי", "取り込み", "📥\u200D", "Zoë"}) {
    given(kImportSubject, registered(name));
    EXPECT_EQ(account(kImport).name, name);
  }
}

}  // namespace
}  // namespace byline::test
