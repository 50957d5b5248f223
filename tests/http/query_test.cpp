#include "support/service_suite.hpp"

namespace byline::test {
namespace {

using nlohmann::json;

/// What a query may not say.
class Queries : public ServiceSuite {
 protected:
  static void expect_refused(const Reply& reply, const std::string& code, const std::string& parameter) {
    EXPECT_EQ(reply.status, 400) << parameter;
    EXPECT_EQ(reply.codes(), code) << parameter;
    EXPECT_EQ(reply.json()["errors"][0]["source"]["parameter"], parameter);
  }
  std::string next_cursor(const std::string& list) {
    auto next = must(admin().get(list), 200)["links"]["next"].get<std::string>();
    auto at = next.find("page%5Bafter%5D=");
    return next.substr(at + std::string("page%5Bafter%5D=").size());
  }
};

TEST_F(Queries, UnknownParametersAreRefusedOnLists) {
  for (const char* name :
       {"limit", "offset", "page", "page[number]", "page[size][x]", "filter", "filter[a][b][c]", "filter[]",
        "fields", "sort[name]", "include[roles]", "Sort", "access_token"}) {
    expect_refused(admin().get("/admin/applications?" + std::string(name) + "=1"), "unknown_parameter", name);
  }
}

TEST_F(Queries, UnknownParametersAreRefusedOnSingleResources) {
  auto application = registered();
  for (const char* name : {"sort", "page[size]", "filter[name]", "x"}) {
    expect_refused(admin().get("/admin/applications/" + application.id + "?" + name + "=1"),
                   "unknown_parameter", name);
  }
}

TEST_F(Queries, WritesTakeNoParametersAndDoNothingWhenGivenOne) {
  auto application = registered();
  auto path = "/admin/applications/" + application.id;
  expect_refused(admin().remove(path + "?force=true"), "unknown_parameter", "force");
  expect_refused(
      admin().patch(path + "?include=roles", document("applications", {{"name", "x"}}, application.id)),
      "unknown_parameter", "include");
  EXPECT_EQ(attributes_of(admin().get(path))["version"], 1);
}

TEST_F(Queries, EveryProblemOfAQueryIsToldAtOnce) {
  auto reply = admin().get("/admin/users?limit=1&page[size]=0&sort=shoe_size&include=friends");
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply.codes(), "unknown_parameter invalid_parameter invalid_parameter invalid_parameter");
}

TEST_F(Queries, AttributesThatAreNotThereCannotBeNamed) {
  expect_refused(admin().get("/admin/users?sort=url"), "invalid_parameter", "sort");
  expect_refused(admin().get("/admin/users?filter[url]=x"), "invalid_parameter", "filter[url]");
  expect_refused(admin().get("/admin/users?fields[users]=name,url"), "invalid_parameter", "fields[users]");
  expect_refused(admin().get("/admin/users?fields[records]=name"), "invalid_parameter", "fields[records]");
  expect_refused(admin().get("/admin/users?include=roles.permissions"), "invalid_parameter", "include");
  expect_refused(admin().get("/admin/roles?include=users"), "invalid_parameter", "include");
  expect_refused(admin().get("/admin/users?filter[name][like]=x"), "invalid_parameter", "filter[name][like]");
}

TEST_F(Queries, ASortNamesOneAttribute) {
  for (const char* sort : {"", "-", "name,email", "+name", "--name"}) {
    expect_refused(admin().get("/admin/users?sort=" + std::string(sort)), "invalid_parameter", "sort");
  }
  auto worker = caller();
  for (const char* sort : {"", "-"}) {
    expect_refused(worker.http->get("/people/people?sort=" + std::string(sort)), "invalid_parameter", "sort");
  }
}

TEST_F(Queries, ARelationshipIsComparedForBeingThereOnly) {
  for (const char* comparison : {"lt", "le", "gt", "ge", "contains"}) {
    auto name = "filter[roles][" + std::string(comparison) + "]";
    expect_refused(admin().get("/admin/users?" + name + "=" + role("admin")), "invalid_parameter", name);
  }
}

TEST_F(Queries, ParametersMustBePercentEncodedUtf8) {
  for (const char* query :
       {"filter[name]=%", "filter[name]=%zz", "filter[name]=%ff", "filter[name]=%00", "%ff=1"}) {
    auto reply = admin().get("/admin/users?" + std::string(query));
    EXPECT_EQ(reply.status, 400) << query;
    EXPECT_EQ(reply.codes(), "invalid_parameter") << query;
  }
}

TEST_F(Queries, ACursorThatNoListGaveOutIsRefused) {
  auto right = next_cursor("/admin/roles?page[size]=2");
  for (const std::string& cursor :
       {std::string("x"), std::string("!!!"), right + "AA", right.substr(1), right.substr(0, 6),
        std::string("MTpzYWJj"), std::string("OTk5OTk6LQ"), std::string(5000, 'A')}) {
    for (const char* parameter : {"page[after]", "page[before]"}) {
      for (const char* sort : {"", "&sort=name"}) {
        auto reply = admin().get("/admin/roles?" + std::string(parameter) + "=" + cursor + sort);
        EXPECT_EQ(reply.status, 400) << cursor << sort;
        EXPECT_EQ(reply.codes(), "invalid_cursor") << cursor << sort;
      }
    }
  }
}

TEST_F(Queries, ACursorLeadsNowhereInAnotherList) {
  registered();
  auto of_roles = next_cursor("/admin/roles?page[size]=2");
  auto of_events = next_cursor("/admin/audit-events?page[size]=2");
  expect_refused(admin().get("/admin/users?page[after]=" + of_roles), "invalid_cursor", "page[after]");
  expect_refused(admin().get("/admin/roles?page[before]=" + of_events), "invalid_cursor", "page[before]");
  expect_refused(admin().get("/admin/audit-events?page[after]=" + of_roles), "invalid_cursor", "page[after]");
}

TEST_F(Queries, ACursorHoldsForTheSortItWasMadeIn) {
  auto by_name = next_cursor("/admin/roles?page[size]=2&sort=name");
  expect_refused(admin().get("/admin/roles?page[after]=" + by_name), "invalid_cursor", "page[after]");
  expect_refused(admin().get("/admin/roles?sort=version&page[after]=" + by_name), "invalid_cursor",
                 "page[after]");
  auto created = next_cursor("/admin/roles?page[size]=2");
  expect_refused(admin().get("/admin/roles?sort=name&page[after]=" + created), "invalid_cursor",
                 "page[after]");
}

TEST_F(Queries, TwoCursorsAtOnceAreRefused) {
  auto cursor = next_cursor("/admin/roles?page[size]=2");
  expect_refused(admin().get("/admin/roles?page[after]=" + cursor + "&page[before]=" + cursor),
                 "invalid_parameter", "page[before]");
}

}  // namespace
}  // namespace byline::test
