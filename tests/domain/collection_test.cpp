#include "domain/collection.hpp"

#include <gtest/gtest.h>

#include "domain/example.hpp"
#include "domain/given.hpp"
#include "domain/limits.hpp"
#include "domain/record.hpp"

namespace byline::test {
namespace {

using enum Operation;

const auto kUnits = numbered_id<CollectionId>(75);
const auto kRecord = numbered_id<RecordId>(80);

RequiredPermissions needs(std::vector<Area> areas) { return {areas, areas, areas, areas}; }

std::vector<NewEvent> units(const RequiredPermissions& permissions = needs({Area::people})) {
  return {{collection(kUnits), CollectionCreated{"housing", "units", permissions, {}}}};
}
NewEvent unit() { return {record(kRecord), RecordCreated{"housing/units", {"{}"}}}; }

CreateCollection creating(std::string service = "housing", std::string name = "units") {
  return {.id = numbered_id<CollectionId>(76),
          .service = std::move(service),
          .name = std::move(name),
          .permissions = needs({Area::people})};
}

TEST(OwnCollection, IsCreatedChangedAndDeleted) {
  given(acme())
      .as(kAnn)
      .when(creating())
      .then({{collection(numbered_id<CollectionId>(76)),
              CollectionCreated{"housing", "units", needs({Area::people}), {}}}});
  given(acme(), units())
      .as(kAnn)
      .when(ChangeCollection{.id = kUnits,
                             .permissions = needs({Area::people, Area::intake}),
                             .schema = JsonText{R"({"type":"object"})"}})
      .then({{collection(kUnits), CollectionPermissionsChanged{needs({Area::people, Area::intake})}},
             {collection(kUnits), CollectionSchemaChanged{JsonText{R"({"type":"object"})"}}}});
  given(acme(), units())
      .as(kAnn)
      .when(DeleteCollection{kUnits})
      .then({{collection(kUnits), CollectionDeleted{}}});
}

TEST(OwnCollection, HasRecordsThatItsPermissionsProtect) {
  CreateRecord create_unit{.id = kRecord, .collection = "housing/units", .attributes = {"{}"}};
  given(acme(), units()).as(kImport).when(create_unit).then({unit()});
  given(acme(), units(needs({Area::engage})))
      .as(kImport)
      .when(create_unit)
      .refused_naming({Code::permission_missing, ""}, "engage:create");
  given(acme()).as(kImport).when(create_unit).refused({{Code::not_found, ""}});
  // Nor does another organization have it.
  given(acme())
      .in(kBirch, birch())
      .in(kBirch, units(needs({Area::intake})))
      .in(kAcme, {})
      .as(kImport)
      .when(create_unit)
      .refused({{Code::not_found, ""}});
}

TEST(OwnCollection, CannotStandWhereAnotherDoes) {
  given(acme()).as(kAnn).when(creating("intake", "reports")).refused({{Code::collection_taken, "name"}});
  given(acme(), units()).as(kAnn).when(creating()).refused({{Code::collection_taken, "name"}});
  given(acme())
      .in(kBirch, units())
      .in(kAcme, {})
      .as(kAnn)
      .when(creating())
      .then({{collection(numbered_id<CollectionId>(76)),
              CollectionCreated{"housing", "units", needs({Area::people}), {}}}});
}

TEST(OwnCollection, NeedsAPermissionForEveryOperationInAreasOfRecords) {
  auto command = creating();
  command.permissions = {{Area::people}, {}, {Area::admin_users}, {Area::intake, Area::intake}};
  given(acme()).as(kAnn).when(command).refused({{Code::required, "permissions/edit"},
                                                {Code::invalid_value, "permissions/create/0"},
                                                {Code::duplicate_value, "permissions/delete/1"}});
}

TEST(OwnCollection, AsksForLessOnlyByWhoPassesTheOldDemand) {
  // Ann may do nothing in Engage: by asking for people instead she would let herself in.
  given(acme(), units(needs({Area::engage})))
      .as(kAnn)
      .when(ChangeCollection{.id = kUnits, .permissions = needs({Area::people})})
      .refused({{Code::role_exceeds_giver, "permissions/view"},
                {Code::role_exceeds_giver, "permissions/edit"},
                {Code::role_exceeds_giver, "permissions/create"},
                {Code::role_exceeds_giver, "permissions/delete"}});
}

TEST(OwnCollection, StaysWhileItHasRecords) {
  given(acme(), {units()[0], unit()})
      .as(kAnn)
      .when(DeleteCollection{kUnits})
      .refused_naming({Code::collection_in_use, ""}, "1");
  given(acme(), {units()[0], unit(), {record(kRecord), RecordDeleted{"housing/units"}}})
      .as(kAnn)
      .when(DeleteCollection{kUnits})
      .then({{collection(kUnits), CollectionDeleted{}}});
}

TEST(OwnCollection, NeedsTheRightToAdministerRoles) {
  for (const Command& command : {Command(creating("a", "b")), Command(ChangeCollection{.id = kUnits}),
                                 Command(DeleteCollection{kUnits})})
    given(acme(), units()).as(kImport).when(command).refused({{Code::permission_missing, ""}});
}

TEST(OwnCollection, OfAnotherOrganizationIsNotFound) {
  for (const Command& command : {Command(ChangeCollection{.id = kUnits}), Command(DeleteCollection{kUnits})})
    given(acme()).in(kBirch, units()).in(kAcme, {}).as(kAnn).when(command).refused({{Code::not_found, ""}});
}

TEST(OwnCollection, HasAnAddressOfPlainLetters) {
  for (const char* good : {"a", "housing", "a-b_c9"}) {
    EXPECT_TRUE(parse_service(good)) << good;
    EXPECT_TRUE(parse_collection_name(good)) << good;
  }
  for (const char* bad : {"", "9a", "A", "a b", "a/b", "a.b", "ä", "-a", "a%2e"}) {
    EXPECT_FALSE(parse_service(bad)) << bad;
    EXPECT_FALSE(parse_collection_name(bad)) << bad;
  }
  EXPECT_FALSE(parse_service(std::string(65, 'a')));
  for (const char* taken : {"admin", "oauth2", "access", "log", "health"})
    EXPECT_FALSE(parse_service(taken)) << taken;
}

}  // namespace
}  // namespace byline::test
