// What one caller asks for stays bounded, whatever it sends: for everybody else's sake.

#include "support/raw_connection.hpp"
#include "support/service_suite.hpp"

namespace byline::test {
namespace {

using nlohmann::json;

class Bounds : public ServiceSuite {
 protected:
  static Headers json_api(const std::string& key = {}) {
    Headers headers = {{"Content-Type", "application/vnd.api+json"}};
    if (!key.empty()) headers.push_back({"Idempotency-Key", key});
    return headers;
  }
  static std::string link(const Reply& reply, const char* name) {
    auto found = must(reply, 200).at("links").at(name);
    return found.is_null() ? std::string() : found.get<std::string>();
  }
};

TEST_F(Bounds, AHundredProblemsAreToldAndNoMore) {
  auto worker = caller();
  std::string members;
  for (int i = 0; i < 20'000; ++i) members += ",\"m" + std::to_string(i) + "\":0";
  auto body = R"({"data":{"type":"people")" + members + "}}";
  for (const auto& key : {std::string(), fresh("key")}) {
    auto refused = worker.http->send("POST", "/people/people", body, json_api(key));
    EXPECT_EQ(refused.status, 422);
    EXPECT_EQ(refused.json()["errors"].size(), 100U);
  }
}

TEST_F(Bounds, TooManyRelatedResourcesAreOneProblem) {
  auto many = json::array();
  for (int i = 0; i < 1001; ++i) many.push_back({{"type", "roles"}, {"id", "x"}});
  auto sent = application_document(fresh("Many"), fresh_email());
  sent["data"]["relationships"]["roles"]["data"] = many;
  auto refused = admin().post("/admin/applications", sent);
  EXPECT_EQ(refused.status, 422);
  EXPECT_THAT(refused.places(), testing::StartsWith("/data/relationships/roles/data too_long"));
}

TEST_F(Bounds, APageOfLargeRecordsEndsEarlyAndGoesOn) {
  auto worker = caller();
  auto lot = fresh("lot");
  std::vector<std::string> ids;
  for (int i = 0; i < 25; ++i) {
    auto sent = document("people", {{"lot", lot}, {"n", i}, {"notes", std::string(200'000, 'x')}});
    ids.push_back(must(worker.http->post("/people/people", sent), 201)["data"]["id"]);
  }
  auto reversed = std::vector(ids.rbegin(), ids.rend());
  for (const auto& [sort, expected] : {std::pair("created_at", ids), {"n", ids}, {"-n", reversed}}) {
    std::vector<std::string> walked;
    std::size_t pages = 0;
    for (auto next = "/people/people?filter[lot]=" + lot + "&page[size]=100&sort=" + sort; !next.empty();
         ++pages) {
      auto page = worker.http->get(next);
      EXPECT_LT(page.body.size(), 3U << 20);
      auto found = ids_of(page);
      walked.insert(walked.end(), found.begin(), found.end());
      next = link(page, "next");
    }
    EXPECT_EQ(walked, expected) << sort;
    EXPECT_EQ(pages, 3U) << sort;
  }
}

TEST_F(Bounds, AListTakesTwentyFiltersAndOneOrder) {
  std::string filters = "/people/people?";
  for (int i = 0; i < 20; ++i) filters += "&filter[a" + std::to_string(i) + "][ne]=q";
  auto worker = caller();
  EXPECT_EQ(worker.http->get(filters).status, 200);
  EXPECT_EQ(worker.http->get(filters + "&filter[a20]=q").codes(), "invalid_parameter");
  for (const char* sort : {"sort=name,born", "sort=name&sort=born", "sort="}) {
    EXPECT_EQ(worker.http->get(std::string("/people/people?") + sort).codes(), "invalid_parameter") << sort;
  }
}

// No body is waited for that would be thrown away.
TEST_F(Bounds, WhoGetsNothingIsAnsweredBeforeTheBody) {
  auto head = [](const std::string& line, const std::string& fields) {
    return line + " HTTP/1.1\r\nHost: x\r\n" + fields +
           "Content-Type: application/vnd.api+json\r\nContent-Length: 900000\r\n\r\n{";
  };
  struct Given {
    std::string bytes;
    int status;
    const char* code;
  };
  auto bearer = "Authorization: Bearer " + service().founder().admin_token + "\r\n";
  for (const auto& [bytes, status, code] :
       {Given{head("POST /people/people", ""), 401, "token_required"},
        Given{head("POST /people/people", "Authorization: Bearer nonsense\r\n"), 401, "invalid_token"},
        Given{head("POST /no", bearer), 404, "not_found"},
        Given{head("PUT /admin/users", bearer), 405, "method_not_allowed"}}) {
    RawConnection connection(service().port());
    ASSERT_TRUE(connection.send(bytes));
    auto reply = connection.receive();
    EXPECT_EQ(reply.status, status);
    EXPECT_EQ(reply.codes(), code);
    EXPECT_EQ(reply.header("connection"), "close");
    EXPECT_TRUE(connection.send("the rest"));
    connection.finish_sending();
    EXPECT_TRUE(connection.ended());
  }
}

TEST_F(Bounds, WithoutATokenABodyIsSmall) {
  auto form = [this](std::size_t filler) {
    return anonymous()->post_form("/oauth2/token", {{"grant_type", "client_credentials"},
                                                    {"client_id", "nobody"},
                                                    {"client_secret", "x"},
                                                    {"filler", std::string(filler, 'x')}});
  };
  EXPECT_EQ(form(10'000).json()["error"], "invalid_client");
  EXPECT_EQ(form(100'000).status, 413);

  RawConnection connection(service().port());
  ASSERT_TRUE(
      connection.send("POST /oauth2/token HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"));
  for (int i = 0; i < 17; ++i) {
    if (!connection.send("400\r\n" + std::string(1024, 'x') + "\r\n")) break;
  }
  EXPECT_EQ(connection.receive().status, 413);
}

// The writer does not look at a record for somebody who may not change it.
TEST_F(Bounds, AChangeThatIsNotPermittedIsRefusedUnread) {
  auto worker = caller();
  std::string id =
      must(worker.http->post("/people/people", document("people", {{"name", "Zoë"}})), 201)["data"]["id"];
  auto nobody = caller_with(json::object());
  auto refused = nobody.http->send("PATCH", "/people/people/" + id, "this is not even JSON", json_api());
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.codes(), "permission_missing");
  EXPECT_EQ(nobody.http->send("POST", "/admin/users", "{", json_api()).codes(), "permission_missing");
}

}  // namespace
}  // namespace byline::test
