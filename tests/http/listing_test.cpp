#include "support/raw_connection.hpp"
#include "support/service_suite.hpp"

namespace byline::test {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::IsSupersetOf;

/// Each test has a collection to itself by an attribute `lot` that it filters by.
class Listing : public ServiceSuite {
 protected:
  Listing() : worker_(caller()), lot_(fresh("lot")) {}
  HttpClient& worker() { return *worker_.http; }

  std::string add(json attributes) {
    attributes["lot"] = lot_;
    return must(worker().post("/people/people", document("people", attributes)), 201)["data"]["id"];
  }
  std::vector<std::string> add_many(int count) {
    std::vector<std::string> ids;
    for (int i = 0; i < count; ++i) ids.push_back(add({{"n", i}}));
    return ids;
  }
  std::string path(const std::string& query = {}) const {
    return "/people/people?filter[lot]=" + lot_ + (query.empty() ? "" : "&" + query);
  }
  Reply list(const std::string& query = {}) { return worker().get(path(query)); }
  std::vector<json> numbers(const std::string& query) { return values_of(list(query), "n"); }
  static std::string link(const Reply& reply, const char* name) {
    auto found = must(reply, 200).at("links").at(name);
    return found.is_null() ? std::string() : found.get<std::string>();
  }
  /// Everything, page by page.
  std::vector<std::string> walk(std::string from, const char* direction = "next") {
    std::vector<std::string> all;
    for (; !from.empty();) {
      auto page = worker().get(from);
      auto ids = ids_of(page);
      all.insert(all.end(), ids.begin(), ids.end());
      from = link(page, direction);
    }
    return all;
  }

 private:
  Caller worker_;
  std::string lot_;
};

TEST_F(Listing, APageHasTenUnlessAskedOtherwise) {
  auto ids = add_many(12);
  EXPECT_EQ(ids_of(list()).size(), 10U);
  EXPECT_EQ(ids_of(list("page[size]=1")).size(), 1U);
  EXPECT_EQ(ids_of(list("page[size]=100")), ids);
  for (const char* size : {"0", "101", "-1", "ten", "", "1.5", "99999999999999999999"}) {
    auto refused = list(std::string("page[size]=") + size);
    EXPECT_EQ(refused.status, 400) << size;
    EXPECT_EQ(refused.codes(), "invalid_parameter") << size;
    EXPECT_EQ(refused.json()["errors"][0]["source"]["parameter"], "page[size]");
  }
}

// Whatever authority a request names, links lead to where the list is.
TEST_F(Listing, LinksDoNotEchoTheCallersAuthority) {
  RawConnection connection(service().port());
  ASSERT_TRUE(
      connection.send("GET http://evil\xff\xfe/admin/roles?page[size]=1 HTTP/1.1\r\nHost: x\r\n"
                      "Authorization: Bearer " +
                      service().founder().admin_token + "\r\n\r\n"));
  auto reply = connection.receive();
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.json()["links"]["self"], "/admin/roles?page[size]=1");
}

TEST_F(Listing, CursorsLeadForwardAndBackInTheOrderOfCreation) {
  auto ids = add_many(7);
  EXPECT_EQ(walk(path("page[size]=3")), ids);
  auto reversed = std::vector(ids.rbegin(), ids.rend());
  EXPECT_EQ(walk(path("page[size]=3&sort=-created_at")), reversed);

  auto first = list("page[size]=3");
  EXPECT_EQ(link(first, "prev"), "");
  auto second = worker().get(link(first, "next"));
  auto third = worker().get(link(second, "next"));
  EXPECT_EQ(link(third, "next"), "");
  auto back = worker().get(link(third, "prev"));
  EXPECT_EQ(ids_of(back), ids_of(second));
  EXPECT_EQ(ids_of(worker().get(link(back, "prev"))), ids_of(first));
  EXPECT_EQ(ids_of(worker().get(link(back, "next"))), ids_of(third));
  EXPECT_EQ(ids_of(worker().get(link(third, "first"))), ids_of(first));
}

TEST_F(Listing, TheWholeListFitsAPageExactlyAndThereIsNoNext) {
  add_many(3);
  EXPECT_EQ(link(list("page[size]=3"), "next"), "");
  EXPECT_EQ(link(list("page[size]=3&sort=n"), "next"), "");
}

TEST_F(Listing, WhatIsAddedOrDeletedMeanwhileNeitherRepeatsNorHidesTheRest) {
  for (const char* sort : {"created_at", "n"}) {
    auto query = std::string("page[size]=2&sort=") + sort;
    auto ids = add_many(6);
    auto first = list(query);
    auto boundary = ids_of(first).back();
    must(admin().remove("/people/people/" + boundary), 204);
    add({{"n", -1}});
    auto added = add({{"n", 100}});
    auto rest = walk(link(first, "next"));
    auto expected = std::vector(ids.begin() + 2, ids.end());
    if (sort == std::string("created_at")) expected.push_back(rest[4]);
    expected.push_back(added);
    EXPECT_EQ(rest, expected) << sort;
    for (const auto& id : ids_of(list("page[size]=100"))) admin().remove("/people/people/" + id);
  }
}

TEST_F(Listing, SortedByAnAttributeBothWaysEqualOnesInTheOrderOfCreation) {
  std::vector<std::string> ids;
  for (const char* name : {"Cy", "Al", "Bo", "Al", "Cy"}) ids.push_back(add({{"name", name}}));
  std::vector<std::string> ascending = {ids[1], ids[3], ids[2], ids[0], ids[4]};
  EXPECT_EQ(ids_of(list("sort=name")), ascending);
  EXPECT_EQ(ids_of(list("sort=-name")), std::vector(ascending.rbegin(), ascending.rend()));
  for (const char* size : {"1", "2", "3"}) {
    auto page = std::string("&page[size]=") + size;
    EXPECT_EQ(walk(path("sort=name" + page)), ascending);
    EXPECT_EQ(walk(path("sort=-name" + page)), std::vector(ascending.rbegin(), ascending.rend()));
  }
}

TEST_F(Listing, SortedPagesGoBackTheWayTheyCame) {
  for (int n : {3, 1, 2, 1, 3, 2, 0}) add({{"n", n}});
  for (const char* sort : {"n", "-n"}) {
    auto first = list(std::string("page[size]=3&sort=") + sort);
    auto second = worker().get(link(first, "next"));
    auto third = worker().get(link(second, "next"));
    EXPECT_EQ(ids_of(worker().get(link(third, "prev"))), ids_of(second)) << sort;
    EXPECT_EQ(ids_of(worker().get(link(second, "prev"))), ids_of(first)) << sort;
  }
}

TEST_F(Listing, NumbersAreSortedBySizeAndKindsKeepApart) {
  for (const json& value : {json(10), json(9), json("9"), json(-1.5), json(true), json(nullptr), json(1e3)}) {
    add({{"n", value}});
  }
  add({{"other", 1}});
  EXPECT_THAT(values_of(list("sort=n&filter[n][ne]=null"), "n"), ElementsAre("9", true, -1.5, 9, 10, 1e3));
}

TEST_F(Listing, AnAttributeOfTheCallersMayHaveAnyNameAndStillSorts) {
  for (int n : {2, 3, 1}) add({{"position", n}});
  EXPECT_THAT(values_of(list("sort=position"), "position"), ElementsAre(1, 2, 3));
  EXPECT_THAT(values_of(list("sort=-position"), "position"), ElementsAre(3, 2, 1));
}

TEST_F(Listing, EveryComparisonFiltersNumbers) {
  for (int n : {1, 2, 10}) add({{"n", n}});
  add({{"n", nullptr}});
  add({{"other", "none"}});
  EXPECT_THAT(numbers("filter[n]=2"), ElementsAre(2));
  EXPECT_THAT(numbers("filter[n][eq]=2.0"), ElementsAre(2));
  EXPECT_THAT(numbers("filter[n][lt]=2"), ElementsAre(1));
  EXPECT_THAT(numbers("filter[n][le]=2"), ElementsAre(1, 2));
  EXPECT_THAT(numbers("filter[n][gt]=2"), ElementsAre(10));
  EXPECT_THAT(numbers("filter[n][ge]=2"), ElementsAre(2, 10));
  EXPECT_THAT(numbers("filter[n][ge]=2&filter[n][lt]=10"), ElementsAre(2));
  EXPECT_THAT(ids_of(list("filter[n][ne]=2")), testing::SizeIs(4));
  EXPECT_THAT(ids_of(list("filter[n]=null")), testing::SizeIs(2));
  EXPECT_THAT(ids_of(list("filter[n]=two")), IsEmpty());
}

TEST_F(Listing, EveryComparisonFiltersTextsAndTruths) {
  for (const char* name : {"Ann", "Bea", "Zoë"}) add({{"name", name}, {"adult", name[0] != 'B'}});
  auto names = [this](const std::string& query) { return values_of(list(query), "name"); };
  EXPECT_THAT(names("filter[name]=Bea"), ElementsAre("Bea"));
  EXPECT_THAT(names("filter[name]=bea"), IsEmpty());
  EXPECT_THAT(names("filter[name][eq]=Zo%C3%AB"), ElementsAre("Zoë"));
  EXPECT_THAT(names("filter[name][ne]=Bea"), ElementsAre("Ann", "Zoë"));
  EXPECT_THAT(names("filter[name][lt]=Bea"), ElementsAre("Ann"));
  EXPECT_THAT(names("filter[name][le]=Bea"), ElementsAre("Ann", "Bea"));
  EXPECT_THAT(names("filter[name][gt]=Bea"), ElementsAre("Zoë"));
  EXPECT_THAT(names("filter[name][ge]=Bea"), ElementsAre("Bea", "Zoë"));
  EXPECT_THAT(names("filter[name][contains]=n"), ElementsAre("Ann"));
  EXPECT_THAT(names("filter[adult]=true"), ElementsAre("Ann", "Zoë"));
  EXPECT_THAT(names("filter[adult][ne]=true"), ElementsAre("Bea"));
}

TEST_F(Listing, TimesNamesAndRelationshipsFilterToo) {
  auto id = add({{"n", 1}});
  auto made = attributes_of(worker().get("/people/people/" + id));
  auto at = made["created_at"].get<std::string>();
  auto by = worker()
                .get("/people/people/" + id)
                .json()["data"]["relationships"]["created_by_account"]["data"]["id"]
                .get<std::string>();
  auto other = user();
  EXPECT_THAT(ids_of(list("filter[created_at]=" + at)), ElementsAre(id));
  EXPECT_THAT(ids_of(list("filter[created_at][gt]=" + at)), IsEmpty());
  EXPECT_THAT(ids_of(list("filter[created_by]=" + made["created_by"].get<std::string>())), ElementsAre(id));
  EXPECT_THAT(ids_of(list("filter[created_by_account]=" + by)), ElementsAre(id));
  EXPECT_THAT(ids_of(list("filter[created_by_account]=" + other)), IsEmpty());
  EXPECT_THAT(ids_of(list("filter[created_by_account][ne]=" + other)), ElementsAre(id));
  EXPECT_THAT(ids_of(list("filter[id]=" + id)), ElementsAre(id));
}

TEST_F(Listing, FiltersHoldAcrossPages) {
  for (int i = 0; i < 9; ++i) add({{"n", i % 3}});
  EXPECT_EQ(walk(path("page[size]=2&filter[n]=1")).size(), 3U);
}

TEST_F(Listing, FieldsAreTheOnesAskedFor) {
  auto id = add({{"first", "Ann"}, {"last", "Lee"}});
  auto one = worker().get("/people/people/" + id + "?fields[people]=last,created_by").json()["data"];
  EXPECT_THAT(one["attributes"].items().begin().key(), "created_by");
  EXPECT_EQ(one["attributes"].size(), 2U);
  EXPECT_EQ(one["attributes"]["last"], "Lee");
  EXPECT_FALSE(one.contains("relationships"));

  auto listed = must(list("fields[people]=first,created_by_account"), 200)["data"][0];
  EXPECT_EQ(listed["attributes"], json({{"first", "Ann"}}));
  EXPECT_EQ(listed["relationships"].size(), 1U);
  EXPECT_EQ(must(list("fields[people]="), 200)["data"][0]["attributes"], json::object());
  auto foreign = list("fields[reports]=first");
  EXPECT_EQ(foreign.status, 400);
  EXPECT_EQ(foreign.codes(), "invalid_parameter");
}

TEST_F(Listing, AccountsBehindTheSignaturesAreIncludedEachOnce) {
  add_many(3);
  auto page =
      must(list("include=created_by_account,last_updated_by_account&fields[accounts]=name,kind"), 200);
  ASSERT_EQ(page["included"].size(), 1U);
  EXPECT_EQ(page["included"][0]["type"], "accounts");
  EXPECT_EQ(page["included"][0]["attributes"]["kind"], "application");
  EXPECT_EQ(page["included"][0]["id"], page["data"][0]["relationships"]["created_by_account"]["data"]["id"]);
}

TEST_F(Listing, LinksKeepWhatWasAskedFor) {
  add_many(3);
  auto next = link(list("page[size]=1&sort=-n&fields[people]=n&include=created_by_account"), "next");
  auto page = must(worker().get(next), 200);
  EXPECT_EQ(page["data"][0]["attributes"], json({{"n", 1}}));
  EXPECT_EQ(page["included"].size(), 1U);
  EXPECT_EQ(page["links"]["self"], next);
}

}  // namespace
}  // namespace byline::test
