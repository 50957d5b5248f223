#include "support/service_suite.hpp"

namespace byline::test {
namespace {

using nlohmann::json;
using testing::ElementsAre;

class Organizations : public ServiceSuite {
 protected:
  std::string id() { return service().founder().organization_id; }
  std::string place() { return "/admin/organizations/" + id(); }
  Reply change(const json& attributes) {
    return admin().patch(place(), document("organizations", attributes, id()));
  }
};

TEST_F(Organizations, TheCallersOwnIsReadAndListedAlone) {
  auto one = admin().get(place());
  ASSERT_EQ(one.status, 200) << one.body;
  EXPECT_EQ(one.json()["data"]["type"], "organizations");
  EXPECT_EQ(attributes_of(one)["plan"], "enterprise");
  EXPECT_EQ(attributes_of(one)["created_by"], "System");
  EXPECT_THAT(ids_of(admin().get("/admin/organizations")), ElementsAre(id()));
}

TEST_F(Organizations, ItIsRenamed) {
  auto name = fresh("Bay County");
  auto reply = change({{"name", name}});
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(attributes_of(reply)["name"], name);
  EXPECT_EQ(attributes_of(reply)["last_updated_by"], "Ada Moreno");
  EXPECT_EQ(admin().get(place()).json()["data"], reply.json()["data"]);
}

TEST_F(Organizations, ItsPlanIsChanged) {
  EXPECT_EQ(attributes_of(change({{"plan", "standard"}}))["plan"], "standard");
  EXPECT_EQ(attributes_of(change({{"plan", "enterprise"}}))["plan"], "enterprise");
}

TEST_F(Organizations, NameAndPlanFollowTheirRules) {
  EXPECT_EQ(change({{"name", " "}, {"plan", "gold"}}).places(),
            "/data/attributes/name required; /data/attributes/plan invalid_value");
  EXPECT_EQ(change({{"name", "a\u202Eb"}, {"plan", nullptr}}).places(),
            "/data/attributes/name forbidden_character; /data/attributes/plan required");
  EXPECT_EQ(change({{"plan", 1}}).places(), "/data/attributes/plan invalid_type");
}

TEST_F(Organizations, TheyAreFoundedAndNeverDeletedFromTheCommandLineOnly) {
  auto made = admin().post("/admin/organizations", document("organizations", {{"name", "Mine"}}));
  EXPECT_EQ(made.status, 405);
  EXPECT_EQ(made.header("allow"), "GET, HEAD");
  auto deleted = admin().remove(place());
  EXPECT_EQ(deleted.status, 405);
  EXPECT_EQ(deleted.header("allow"), "GET, HEAD, PATCH");
}

}  // namespace
}  // namespace byline::test
