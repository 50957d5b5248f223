#include <thread>

#include "support/service_suite.hpp"

namespace byline::test {
namespace {

using nlohmann::json;
using testing::SizeIs;

class Idempotency : public ServiceSuite {
 protected:
  static Headers key(const std::string& text) { return {{"Idempotency-Key", text}}; }
  static void expect_same(const Reply& again, const Reply& first) {
    EXPECT_EQ(again.status, first.status);
    EXPECT_EQ(again.body, first.body);
    for (const char* name : {"content-type", "etag", "location", "byline-position"}) {
      EXPECT_EQ(again.header(name), first.header(name)) << name;
    }
  }
  static void expect_reused(const Reply& reply) {
    EXPECT_EQ(reply.status, 422);
    EXPECT_EQ(reply.codes(), "idempotency_key_reused");
    EXPECT_EQ(reply.json()["errors"][0]["source"]["header"], "Idempotency-Key");
  }
  std::vector<std::string> applications_named(const std::string& name) {
    return ids_of(admin().get("/admin/applications?filter[name]=" + name));
  }
};

TEST_F(Idempotency, ARepeatedRegistrationGetsTheSameAnswerWithTheSecretThatWorks) {
  auto name = fresh("Once");
  auto sent = application_document(name, fresh_email());
  auto with_key = key(fresh("key"));
  auto first = admin().post("/admin/applications", sent, with_key);
  auto again = admin().post("/admin/applications", sent, with_key);
  expect_same(again, first);
  auto answer = must(again, 201);
  EXPECT_NO_THROW(token_of(admin(), {answer["data"]["id"], answer["meta"]["client_secret"]}));
  EXPECT_THAT(applications_named(name), SizeIs(1));
}

TEST_F(Idempotency, ARefusalForWantOfARightIsNotKept) {
  auto role = custom_role(json::object());
  auto sent = application_document(fresh("Plain"), fresh_email());
  auto application = must(admin().post("/admin/applications", with_roles(sent, {role})), 201);
  auto worker = sign_in({application["data"]["id"], application["meta"]["client_secret"]});
  auto with_key = key(fresh("key"));
  auto report = document("reports", {{"summary", "s"}});
  EXPECT_EQ(worker.http->post("/intake/reports", report, with_key).status, 403);
  must(admin().patch("/admin/roles/" + role,
                     document("roles", {{"permissions", {{"intake", {{"create", "all"}}}}}}, role)),
       200);
  auto first = worker.http->post("/intake/reports", report, with_key);
  EXPECT_EQ(first.status, 201);
  expect_same(worker.http->post("/intake/reports", report, with_key), first);
}

TEST_F(Idempotency, TheSameKeyWithAnotherRequestIsRefused) {
  auto with_key = key(fresh("key"));
  auto application = registered();
  auto path = "/admin/applications/" + application.id;
  auto sent = document("applications", {{"description", "one"}}, application.id);
  must(admin().patch(path, sent, with_key), 200);

  expect_reused(
      admin().patch(path, document("applications", {{"description", "two"}}, application.id), with_key));
  expect_reused(admin().remove(path, with_key));
  expect_reused(admin().post("/admin/applications", application_document(fresh(), fresh_email()), with_key));
  auto conditional = with_key;
  conditional.emplace_back("If-Match", "\"2\"");
  expect_reused(admin().patch(path, sent, conditional));
  auto elsewhere = registered();
  expect_reused(admin().patch("/admin/applications/" + elsewhere.id,
                              document("applications", {{"description", "one"}}, elsewhere.id), with_key));
  EXPECT_EQ(attributes_of(admin().get(path))["description"], "one");
}

TEST_F(Idempotency, KeysOfDifferentActorsAreIndependent) {
  auto first = caller();
  auto second = caller();
  auto with_key = key("the-same-key");
  auto sent = document("reports", {{"a", 1}});
  auto by_first = must(first.http->post("/intake/reports", sent, with_key), 201)["data"]["id"];
  auto by_second = must(second.http->post("/intake/reports", sent, with_key), 201)["data"]["id"];
  EXPECT_NE(by_first, by_second);
  auto other = must(admin().post("/people/people", document("people", {{"b", 2}}), with_key), 201);
  EXPECT_EQ(other["data"]["attributes"]["b"], 2);
}

TEST_F(Idempotency, ARepeatedChangeChangesOnceAndAnswersAsItDid) {
  auto application = registered();
  auto path = "/admin/applications/" + application.id;
  auto with_key = key(fresh("key"));
  auto sent = document("applications", {{"name", "Renamed"}}, application.id);
  auto first = admin().patch(path, sent, with_key);
  must(first, 200);
  must(admin().patch(path, document("applications", {{"name", "Renamed again"}}, application.id)), 200);
  expect_same(admin().patch(path, sent, with_key), first);
  EXPECT_EQ(attributes_of(admin().get(path))["name"], "Renamed again");
}

TEST_F(Idempotency, ARepeatedDeletionIsNotANotFound) {
  auto application = registered();
  auto path = "/admin/applications/" + application.id;
  auto with_key = key(fresh("key"));
  auto first = admin().remove(path, with_key);
  EXPECT_EQ(first.status, 204);
  expect_same(admin().remove(path, with_key), first);
  EXPECT_EQ(admin().remove(path).status, 404);
}

TEST_F(Idempotency, ARefusalIsKeptTooThoughItsReasonIsGone) {
  auto email = fresh_email();
  auto holder = must(admin().post("/admin/applications", application_document(fresh(), email)), 201);
  auto with_key = key(fresh("key"));
  auto sent = application_document(fresh("Late"), email);
  auto first = admin().post("/admin/applications", sent, with_key);
  EXPECT_EQ(first.codes(), "email_taken");
  must(admin().remove("/admin/applications/" + holder["data"]["id"].get<std::string>()), 204);
  expect_same(admin().post("/admin/applications", sent, with_key), first);
  EXPECT_EQ(admin().post("/admin/applications", sent, key(fresh("key"))).status, 201);
}

TEST_F(Idempotency, ARepetitionWritesNothingToTheLog) {
  auto sent = application_document(fresh(), fresh_email());
  auto with_key = key(fresh("key"));
  must(admin().post("/admin/applications", sent, with_key), 201);
  auto tail = admin().get("/admin/roles").header("byline-position");
  must(admin().post("/admin/applications", sent, with_key), 201);
  EXPECT_EQ(admin().get("/admin/roles").header("byline-position"), tail);
}

TEST_F(Idempotency, DuplicatesAtTheSameMomentCreateOnce) {
  constexpr int kThreads = 16;
  auto name = fresh("Storm");
  auto sent = application_document(name, fresh_email());
  auto with_key = key(fresh("key"));
  std::vector<Reply> replies(kThreads);
  {
    std::vector<std::jthread> threads;
    for (auto& reply : replies) {
      threads.emplace_back([&] { reply = service().admin()->post("/admin/applications", sent, with_key); });
    }
  }
  for (const auto& reply : replies) {
    EXPECT_EQ(reply.status, 201);
    expect_same(reply, replies.front());
  }
  EXPECT_THAT(applications_named(name), SizeIs(1));
}

TEST_F(Idempotency, AKeyHas255CharactersAtMost) {
  auto sent = document("people", {{"a", 1}});
  EXPECT_EQ(admin().post("/people/people", sent, key(std::string(255, 'k'))).status, 201);
  auto refused = admin().post("/people/people", sent, key(std::string(256, 'k')));
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.codes(), "invalid_header");
}

TEST_F(Idempotency, ReadingIsNotAffected) {
  auto with_key = key(fresh("key"));
  auto id = must(admin().post("/people/people", document("people", {{"a", 1}}), with_key), 201)["data"]["id"];
  EXPECT_EQ(admin().get("/people/people/" + id.get<std::string>(), with_key).status, 200);
}

TEST_F(Idempotency, WhoMayNoLongerComeInGetsNoKeptAnswer) {
  auto worker = caller();
  auto with_key = key(fresh("key"));
  auto sent = document("people", {{"a", 1}});
  must(worker.http->post("/people/people", sent, with_key), 201);
  must(admin().patch("/admin/applications/" + worker.account.id,
                     document("applications", {{"status", "deactivated"}}, worker.account.id)),
       200);
  EXPECT_EQ(worker.http->post("/people/people", sent, with_key).status, 401);
}

/// Services of their own, since they are stopped and killed.
TEST(IdempotencyOverRestarts, AnswersAreKeptWhetherTheServiceIsStoppedOrKilled) {
  Service service;
  auto admin = service.admin();
  auto roles = std::vector{role_id(*admin, "intake_worker")};
  auto registration = account_document("applications", "Once", "once@example.org", roles);
  auto refused = account_document("applications", "Late", "ada@example.org", roles);
  const Headers first_key = {{"Idempotency-Key", "first"}};
  const Headers second_key = {{"Idempotency-Key", "second"}};
  auto first = admin->post("/admin/applications", registration, first_key);
  auto second = admin->post("/admin/applications", refused, second_key);
  ASSERT_EQ(first.status, 201);
  ASSERT_EQ(second.status, 409);
  for (bool killed : {false, true}) {
    if (killed) {
      service.kill();
    } else {
      EXPECT_EQ(service.stop(), 0);
    }
    service.start();
    admin = service.admin();
    EXPECT_EQ(admin->post("/admin/applications", registration, first_key).body, first.body);
    EXPECT_EQ(admin->post("/admin/applications", refused, second_key).body, second.body);
    EXPECT_EQ(admin->post("/admin/applications", refused, first_key).codes(), "idempotency_key_reused");
  }
}

/// A stolen disk must not give away what is shown once.
TEST(IdempotencyOverRestarts, KeptAnswersAreNotReadableOnDisk) {
  Service service;
  auto admin = service.admin();
  auto sent =
      account_document("applications", "Once", "once@example.org", {role_id(*admin, "intake_worker")});
  auto answer = must(admin->post("/admin/applications", sent, {{"Idempotency-Key", "first"}}), 201);
  std::string secret = answer["meta"]["client_secret"];
  EXPECT_EQ(service.stop(), 0);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(service.data())) {
    if (!entry.is_regular_file()) continue;
    EXPECT_EQ(read_file(entry.path()).find(secret), std::string::npos) << entry.path();
  }
}

}  // namespace
}  // namespace byline::test
