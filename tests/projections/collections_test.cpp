#include "projections/collections.hpp"

#include "view_fixture.hpp"

namespace byline::test {
namespace {

const auto kUnits = id_of<CollectionId>(61);
const Subject kSubject{SubjectKind::collection, kUnits};

class CollectionsView : public ViewFixture {
 protected:
  CollectionsView() : ViewFixture(View::collections) {}
  CollectionRow found() { return parse_collection_row(row(collection_row_key(kHarbor, kUnits)).value()); }
};

TEST_F(CollectionsView, ACollectionIsFoundByIdAndByAddress) {
  RequiredPermissions people{{Area::people}, {Area::people}, {Area::people}, {Area::people, Area::intake}};
  given(kSubject, CollectionCreated{"housing", "units", people, {}});
  EXPECT_EQ(found().service, "housing");
  EXPECT_EQ(found().permissions, people);
  EXPECT_FALSE(found().schema);
  EXPECT_EQ(row(collection_address_key(kHarbor, "housing/units")), std::string(kUnits.view()));
  EXPECT_EQ(row(collection_address_key(kHill, "housing/units")), std::nullopt);
  people.remove = {Area::people};
  given(kSubject, CollectionPermissionsChanged{people});
  given(kSubject, CollectionSchemaChanged{JsonText{R"({"type":"object"})"}});
  EXPECT_EQ(found().permissions, people);
  EXPECT_EQ(found().schema, JsonText{R"({"type":"object"})"});
  given(kSubject, CollectionDeleted{});
  EXPECT_TRUE(rows().empty());
}

}  // namespace
}  // namespace byline::test
