#include <barrier>
#include <functional>
#include <set>
#include <thread>

#include "support/service_suite.hpp"

namespace byline::test {
namespace {

using nlohmann::json;
using testing::ElementsAre;

class Concurrency : public ServiceSuite {
 protected:
  /// All at the same moment, each with a client of its own.
  static std::vector<Reply> at_once(int count, const std::function<Reply(HttpClient&, int)>& call) {
    std::vector<Reply> replies(static_cast<std::size_t>(count));
    std::barrier gate(count);
    std::vector<std::jthread> threads;
    for (int i = 0; i < count; ++i) {
      threads.emplace_back([&, i] {
        auto client = service().admin();
        gate.arrive_and_wait();
        replies[static_cast<std::size_t>(i)] = call(*client, i);
      });
    }
    threads.clear();
    return replies;
  }
  static int count_of(const std::vector<Reply>& replies, int status) {
    return static_cast<int>(
        std::ranges::count_if(replies, [&](const Reply& reply) { return reply.status == status; }));
  }
  static Headers if_match(const std::string& tag) { return {{"If-Match", tag}}; }
  Reply describe(const std::string& id, const std::string& text, const Headers& headers) {
    return admin().patch("/admin/applications/" + id, document("applications", {{"description", text}}, id),
                         headers);
  }
};

TEST_F(Concurrency, OfThirtyTwoThatRegisterTheSameAddressExactlyOneSucceeds) {
  auto email = fresh_email();
  auto documents = [&](int i) {
    auto spelled = email;
    if (i % 2) spelled[0] = 'A';
    return application_document("Rival " + std::to_string(i), spelled);
  };
  std::vector<json> sent;
  for (int i = 0; i < 32; ++i) sent.push_back(documents(i));
  auto replies = at_once(32, [&](HttpClient& client, int i) {
    return client.post("/admin/applications", sent[static_cast<std::size_t>(i)]);
  });
  EXPECT_EQ(count_of(replies, 201), 1);
  EXPECT_EQ(count_of(replies, 409), 31);
  for (const auto& reply : replies) {
    if (reply.status == 201) continue;
    EXPECT_EQ(reply.places(), "/data/attributes/email email_taken");
  }
}

TEST_F(Concurrency, OfManyThatChangeTheSameVersionExactlyOneSucceeds) {
  auto id = registered().id;
  auto replies = at_once(16, [&](HttpClient& client, int i) {
    return client.patch("/admin/applications/" + id,
                        document("applications", {{"description", "by " + std::to_string(i)}}, id),
                        if_match("\"1\""));
  });
  EXPECT_EQ(count_of(replies, 200), 1);
  EXPECT_EQ(count_of(replies, 412), 15);
  EXPECT_EQ(attributes_of(admin().get("/admin/applications/" + id))["version"], 2);
}

TEST_F(Concurrency, ARoleIsNeverBothGivenAndDeleted) {
  for (int round = 0; round < 8; ++round) {
    auto given = custom_role({{"people", {{"view", "all"}}}});
    auto sent = account_document("applications", fresh(), fresh_email(), {given});
    auto replies = at_once(2, [&](HttpClient& client, int i) {
      return i == 0 ? client.post("/admin/applications", sent) : client.remove("/admin/roles/" + given);
    });
    EXPECT_NE(replies[0].status == 201, replies[1].status == 204) << replies[0].status << replies[1].status;
  }
}

TEST_F(Concurrency, ChangesOfOneRecordAtTheSameMomentAllCount) {
  auto id = must(admin().post("/people/people", document("people", {{"n", 0}})), 201)["data"]["id"]
                .get<std::string>();
  auto replies = at_once(16, [&](HttpClient& client, int i) {
    return client.patch("/people/people/" + id, document("people", {{"by-" + std::to_string(i), i}}, id));
  });
  EXPECT_EQ(count_of(replies, 200), 16);
  auto record = admin().get("/people/people/" + id);
  for (int i = 0; i < 16; ++i) EXPECT_EQ(attributes_of(record)["by-" + std::to_string(i)], i);
  EXPECT_EQ(record.header("etag"), "\"17\"");
}

TEST_F(Concurrency, EveryWriteCarriesItsPositionAndNoTwoTheSame) {
  auto replies = at_once(16, [&](HttpClient& client, int i) {
    return client.post("/people/people", document("people", {{"n", i}}));
  });
  std::set<std::string> positions;
  for (const auto& reply : replies) positions.insert(reply.header("byline-position"));
  EXPECT_EQ(positions.size(), 16U);
}

TEST_F(Concurrency, APositionIsTheTailThatTheWriteLeft) {
  auto made = admin().post("/admin/applications", application_document(fresh(), fresh_email()));
  auto position = made.header("byline-position");
  auto event = admin().get("/admin/audit-events/" + position);  // the second of two: the credential's
  EXPECT_EQ(attributes_of(event)["event_type"], "ClientSecretIssued");
  EXPECT_EQ(admin().get("/admin/roles").header("byline-position"), position);
  auto id = must(made, 201)["data"]["id"].get<std::string>();
  EXPECT_EQ(describe(id, "x", {}).header("byline-position"), std::to_string(std::stoi(position) + 1));
  EXPECT_EQ(admin().remove("/admin/applications/" + id).header("byline-position"),
            std::to_string(std::stoi(position) + 2));
}

TEST_F(Concurrency, AWriteIsReadBackAtOnceOnAnyConnection) {
  for (int i = 0; i < 50; ++i) {
    auto id = must(admin().post("/people/people", document("people", {{"n", i}})), 201)["data"]["id"]
                  .get<std::string>();
    EXPECT_EQ(service().admin()->get("/people/people/" + id).status, 200);
  }
}

TEST_F(Concurrency, TheETagIsTheVersionAndGuardsChanges) {
  auto id = registered().id;
  auto path = "/admin/applications/" + id;
  EXPECT_EQ(admin().get(path).header("etag"), "\"1\"");
  auto changed = describe(id, "one", if_match("\"1\""));
  EXPECT_EQ(changed.status, 200);
  EXPECT_EQ(changed.header("etag"), "\"2\"");
  auto stale = describe(id, "two", if_match("\"1\""));
  EXPECT_EQ(stale.status, 412);
  EXPECT_EQ(stale.codes(), "stale_version");
  EXPECT_EQ(stale.json()["errors"][0]["source"]["header"], "If-Match");
  EXPECT_EQ(admin().remove(path, if_match("\"1\"")).status, 412);
  EXPECT_EQ(attributes_of(admin().get(path))["description"], "one");
  EXPECT_EQ(admin().remove(path, if_match("\"2\"")).status, 204);
}

TEST_F(Concurrency, ADeletionCarriesTheLastVersionAndItsPosition) {
  auto id = registered().id;
  auto reply = admin().remove("/admin/applications/" + id, if_match("\"1\""));
  EXPECT_EQ(reply.status, 204);
  EXPECT_EQ(reply.header("etag"), "\"2\"");
  EXPECT_NE(reply.header("byline-position"), "");
}

TEST_F(Concurrency, IfMatchIsMatchedStronglyAndAStarMatchesWhatIsThere) {
  auto id = registered().id;
  EXPECT_EQ(describe(id, "one", if_match("*")).status, 200);
  EXPECT_EQ(describe(id, "two", if_match("2")).codes(), "invalid_header") << "a tag stands in quotes";
  // Weak or not ours: none of them is a strong match (RFC 9110 §13.1.1).
  for (const char* tag : {"W/\"2\"", "\"2", "\"\"", "\"02x\"", "\"99999999999\"", "\"-2\""}) {
    EXPECT_EQ(describe(id, "two", if_match(tag)).status, 412) << tag;
  }
  EXPECT_EQ(attributes_of(admin().get("/admin/applications/" + id))["version"], 2);
}

TEST_F(Concurrency, EveryKindOfResourceIsGuarded) {
  auto organization = service().founder().organization_id;
  auto record = must(admin().post("/people/people", document("people", {{"n", 1}})), 201)["data"]["id"]
                    .get<std::string>();
  const std::vector<std::tuple<std::string, std::string, std::string>> resources = {
      {"/admin/users/", "users", user()},
      {"/admin/roles/", "roles", custom_role({{"people", {{"view", "all"}}}})},
      {"/admin/organizations/", "organizations", organization},
      {"/people/people/", "people", record}};
  for (const auto& [path, type, id] : resources) {
    auto sent = document(type, {{"name", fresh(type)}}, id);
    EXPECT_EQ(admin().patch(path + id, sent, if_match("\"7\"")).status, 412) << type;
    auto changed = admin().patch(path + id, sent, if_match("\"1\""));
    EXPECT_EQ(changed.status, 200) << type << changed.body;
    EXPECT_EQ(changed.header("etag"), "\"2\"") << type;
    if (type == "organizations") continue;
    EXPECT_EQ(admin().remove(path + id, if_match("\"1\"")).status, 412) << type;
  }
}

TEST_F(Concurrency, WhatIsNotThereIsNotFoundWhateverIsExpectedOfIt) {
  auto path = "/admin/applications/0198f8a0-0000-7000-8000-000000000000";
  EXPECT_EQ(admin().remove(path, if_match("\"1\"")).status, 404);
}

/// A service of its own: whoever wins, an administrator is lost.
TEST(LastAdministrator, OfTwoDemotedAtTheSameMomentOneStays) {
  Service service;
  auto admin = service.admin();
  auto worker = role_id(*admin, "intake_worker");
  auto second = must(admin->post("/admin/users", account_document("users", "Eve", "eve@example.org",
                                                                  {role_id(*admin, "admin")})),
                     201)["data"]["id"]
                    .get<std::string>();
  auto application =
      register_application(*admin, "Demoter", "demoter@example.org", {"admin", "intake_worker"});
  auto token = token_of(*admin, application);
  std::vector<Reply> replies(2);
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < 2; ++i) {
      threads.emplace_back([&, i] {
        auto id = i == 0 ? service.founder().admin_id : second;
        replies[i] = service.client(token)->patch(
            "/admin/users/" + id, with_roles(document("users", json::object(), id), {worker}));
      });
    }
  }
  EXPECT_NE(replies[0].status == 200, replies[1].status == 200);
  const auto& refused = replies[0].status == 200 ? replies[1] : replies[0];
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(refused.places(), "/data/relationships/roles/data last_administrator");
}

}  // namespace
}  // namespace byline::test
