// Views that an operator defines: given these events, these rows.

#include "projections/declared.hpp"

#include <gmock/gmock.h>

#include <algorithm>

#include "view_fixture.hpp"

namespace byline::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class DeclaredView : public ViewFixture {
 protected:
  DeclaredView() : ViewFixture(View::audit) {}

  /// The view to be folded; what is given is JSON without its braces, name and events.
  void defined(const std::string& events, const std::string& rest) {
    auto text = R"([{"name":"mine","events":[)" + events + "]," + rest + "}]";
    auto definitions = parse_definitions(text);
    ASSERT_TRUE(definitions) << definitions.error();
    views_ = std::make_unique<ViewSet>(std::move(*definitions));
    fold_with((*views_)[views_->named("mine").value()]);
  }
  /// Rows of an organization in their order, as they are kept.
  std::vector<std::string> kept(const OrganizationId& organization = kHarbor) const {
    std::vector<std::string> found;
    for (const auto& [key, value] : rows()) {
      if (key.starts_with(declared_prefix(organization))) found.push_back(value);
    }
    return found;
  }
  void rate_limited(std::optional<std::int64_t> per_second) {
    given(kImportSubject, ApplicationRateLimitChanged{per_second});
  }

  const std::string ada_ = to_string(kAda);
  const std::string bo_ = to_string(kBo);

 private:
  std::unique_ptr<ViewSet> views_;
};

TEST_F(DeclaredView, HasARowForEachKeyWithWhatItsEventsSay) {
  defined(
      R"("ApplicationRegistered","ApplicationDeleted")",
      R"("key":["/actor"],"columns":{"events":{"count":true},"first_at":{"first":"/at"},"last_type":{"last":"/type"}})");
  given(kImportSubject, registered("Import"), kAda);
  given(kExportSubject, registered("Export"), kBo);
  given(kImportSubject, ApplicationRenamed{"Other"}, kBo);  // not of these events
  given(kImportSubject, ApplicationDeleted{}, kAda);
  EXPECT_THAT(kept(), ElementsAre(R"({"key":[")" + ada_ + R"("],"columns":[2,")" + to_string(at(1)) +
                                      R"(","ApplicationDeleted"],"position":4})",
                                  R"({"key":[")" + bo_ + R"("],"columns":[1,")" + to_string(at(2)) +
                                      R"(","ApplicationRegistered"],"position":2})"));
}

TEST_F(DeclaredView, KeepsOrganizationsApart) {
  defined(R"("ApplicationRegistered")", R"("key":["/actor"],"columns":{"n":{"count":true}})");
  given(kImportSubject, registered("Import"), kAda, kHarbor);
  given(kExportSubject, registered("Export"), kAda, kHill);
  given(kExportSubject, registered("Nobody's"), kAda, {});
  EXPECT_EQ(kept(kHarbor).size(), 1U);
  EXPECT_EQ(kept(kHill).size(), 1U);
  EXPECT_EQ(rows().size(), 2U) << "what belongs to no organization is in no row";
}

TEST_F(DeclaredView, TakesEventsForWhichAllConditionsHold) {
  defined(R"("ApplicationRateLimitChanged")",
          R"("key":["/data/per_second"],"columns":{"n":{"count":true}},
             "filter":[{"pointer":"/data/per_second","at_least":-5},{"pointer":"/data/per_second","at_most":7},
                       {"pointer":"/subject/kind","equals":"application"},{"pointer":"/type","in":["X","ApplicationRateLimitChanged"]},
                       {"pointer":"/credential","exists":false}])");
  for (std::int64_t number : {-6, -5, 0, 7, 8}) rate_limited(number);
  rate_limited({});
  EXPECT_THAT(kept(), ElementsAre(R"({"key":[-5],"columns":[1],"position":2})",
                                  R"({"key":[0],"columns":[1],"position":3})",
                                  R"({"key":[7],"columns":[1],"position":4})"))
      << "in the order of the numbers";
}

TEST_F(DeclaredView, AConditionCanAskWhetherThereIsAnything) {
  defined(
      R"("ApplicationRateLimitChanged","UserRolesChanged")",
      R"("key":["/type"],"columns":{"n":{"count":true}},"filter":[{"pointer":"/data/roles","exists":true}])");
  rate_limited(1);
  given(kAdaSubject, UserRolesChanged{{kWorker}});
  EXPECT_THAT(kept(), ElementsAre(R"({"key":["UserRolesChanged"],"columns":[1],"position":2})"));
}

TEST_F(DeclaredView, SumsAndBoundsOfWholeNumbers) {
  defined(R"("ApplicationRateLimitChanged")",
          R"("key":["/type"],"columns":{"a_sum":{"sum":"/data/per_second"},"b_min":{"min":"/data/per_second"},
             "c_max":{"max":"/data/per_second"},"d_count":{"count":"/data/per_second"},"e_all":{"count":true}})");
  rate_limited({});
  EXPECT_THAT(
      kept(),
      ElementsAre(R"({"key":["ApplicationRateLimitChanged"],"columns":[null,null,null,0,1],"position":1})"));
  for (std::int64_t number : {5, -9, 30}) rate_limited(number);
  EXPECT_THAT(
      kept(),
      ElementsAre(R"({"key":["ApplicationRateLimitChanged"],"columns":[26,-9,30,3,4],"position":4})"));
}

TEST_F(DeclaredView, ASumThatWouldLeave64BitsStaysAtTheirEnd) {
  defined(R"("ApplicationRateLimitChanged")",
          R"("key":["/type"],"columns":{"total":{"sum":"/data/per_second"}})");
  for (std::int64_t number : {std::int64_t{INT64_MAX - 1}, std::int64_t{2}, std::int64_t{-1000}})
    rate_limited(number);
  EXPECT_THAT(
      kept(),
      ElementsAre(R"({"key":["ApplicationRateLimitChanged"],"columns":[9223372036854775807],"position":3})"));
}

TEST_F(DeclaredView, WhatAColumnCannotTakeIsPassedOver) {
  defined(
      R"("TokensIssued","OrganizationRenamed","UserRolesChanged")",
      R"("key":["/type"],"columns":{"a_sum":{"sum":"/data/tokens"},"b_sum":{"sum":"/data/roles/0"},"c_last":{"last":"/data/name"}})");
  given({SubjectKind::credential_use, id_of<CredentialId>(1)}, TokensIssued{kImport, UINT64_MAX, {}, ""});
  given({SubjectKind::credential_use, id_of<CredentialId>(1)}, TokensIssued{kImport, 3, {}, ""});
  given(kHarborSubject, OrganizationRenamed{"Short"});
  given(kHarborSubject, OrganizationRenamed{std::string(kMaxColumnText + 1, 'x')});
  given(kAdaSubject, UserRolesChanged{{kWorker}});
  EXPECT_THAT(kept(),
              ElementsAre(R"({"key":["OrganizationRenamed"],"columns":[null,null,"Short"],"position":4})",
                          R"({"key":["TokensIssued"],"columns":[3,null,null],"position":2})",
                          R"({"key":["UserRolesChanged"],"columns":[null,null,null],"position":5})"));
}

TEST_F(DeclaredView, MinAndMaxOfTextsAreByTheirBytes) {
  defined(
      R"("OrganizationRenamed","ApplicationRateLimitChanged")",
      R"("key":["/organization"],"columns":{"a":{"min":"/data/name"},"b":{"max":"/data/name"},"c":{"min":"/at"}})");
  for (const char* name : {"m", "Z", "ä", "b"}) given(kHarborSubject, OrganizationRenamed{name});
  EXPECT_THAT(kept(), ElementsAre(R"({"key":[")" + to_string(kHarbor) + R"("],"columns":["Z","ä",")" +
                                  to_string(at(1)) + R"("],"position":4})"));
}

TEST_F(DeclaredView, WithoutItsWholeKeyAnEventIsInNoRow) {
  defined(R"("OrganizationRenamed","ApplicationRateLimitChanged","UserRolesChanged")",
          R"("key":["/type",{"pointer":"/data/name","name":"called"}],"columns":{"n":{"count":true}})");
  rate_limited(3);
  given(kHarborSubject, OrganizationRenamed{std::string(kMaxKeyText + 1, 'x')});
  EXPECT_THAT(kept(), IsEmpty());
  given(kHarborSubject, OrganizationRenamed{std::string(kMaxKeyText, 'x')});
  EXPECT_EQ(kept().size(), 1U);
}

TEST_F(DeclaredView, AListIsNoKeyButWhatIsInItIs) {
  defined(R"("UserRolesChanged")",
          R"("key":[{"pointer":"/data/roles/1","name":"second"}],"columns":{"n":{"count":true}})");
  given(kAdaSubject, UserRolesChanged{{kWorker}});
  given(kAdaSubject, UserRolesChanged{{kWorker, kObserver}});
  EXPECT_THAT(kept(),
              ElementsAre(R"({"key":[")" + to_string(kObserver) + R"("],"columns":[1],"position":2})"));
  defined(R"("RolePermissionsChanged")",
          R"("key":["/data/permissions/people"],"columns":{"n":{"count":true}})");
  PermissionMatrix permissions;
  permissions.set(Area::people, Operation::view, Level::all);
  given(kWorkerSubject, RolePermissionsChanged{permissions});
  EXPECT_EQ(kept().size(), 1U) << "that of before";
}

TEST_F(DeclaredView, AwkwardTextsAreDifferentKeysInTheirOrder) {
  defined(R"("RoleRenamed")", R"("key":["/data/name","/type"],"columns":{"n":{"count":true}})");
  const std::vector<std::string> names = {"",
                                          std::string("\0", 1),
                                          std::string("\0a", 2),
                                          "a",
                                          std::string("a\0", 2),
                                          std::string("a\0b", 3),
                                          "a\"}]",
                                          "ab",
                                          "😀"};
  auto shuffled = names;
  std::ranges::reverse(shuffled);
  for (const auto& name : shuffled) given(kWorkerSubject, RoleRenamed{name});
  std::vector<std::string> seen;
  for (const auto& value : kept())
    seen.push_back(std::get<std::string>(parse_declared_row(value).key.front()));
  EXPECT_EQ(seen, names);
}

TEST_F(DeclaredView, AKeyMayBeTheDayOfATime) {
  defined(
      R"("RoleRenamed")",
      R"("key":[{"pointer":"/at","per":"day"},{"pointer":"/at","per":"hour"},{"pointer":"/at","per":"month"}],"columns":{"n":{"count":true}})");
  given(kWorkerSubject, RoleRenamed{"a"});
  given(kWorkerSubject, RoleRenamed{"b"});
  EXPECT_THAT(kept(),
              ElementsAre(R"({"key":["2027-01-15","2027-01-15T08","2027-01"],"columns":[2],"position":2})"));
}

TEST_F(DeclaredView, TheIdOfARowIsThatOfItsKeyInWhateverOrganization) {
  defined(R"("RoleRenamed")", R"("key":["/data/name"],"columns":{"n":{"count":true}})");
  given(kWorkerSubject, RoleRenamed{"a"});
  given(kWorkerSubject, RoleRenamed{"a"}, kAda, kHill);
  given(kWorkerSubject, RoleRenamed{"b"});
  std::map<std::string, std::string> ids;  // of organization and name
  for (const auto& [key, value] : rows())
    ids[key.substr(0, 16) + std::get<std::string>(parse_declared_row(value).key.front())] =
        declared_row_id(key);
  std::string harbor(kHarbor.view()), hill(kHill.view());
  EXPECT_EQ(ids[harbor + "a"], ids[hill + "a"]);
  EXPECT_NE(ids[harbor + "a"], ids[harbor + "b"]);
  EXPECT_EQ(ids[harbor + "a"].size(), 36U);
}

}  // namespace
}  // namespace byline::test
