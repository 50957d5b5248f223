// Views: how they stand, and the work on them, while the service goes on.

#include <chrono>
#include <thread>

#include "support/service_suite.hpp"

namespace byline::test {
namespace {

using nlohmann::json;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Projections : public ServiceSuite {
 protected:
  Reply rebuild(const std::string& view, const json& attributes = json::object()) {
    return admin().post("/admin/projections/" + view + "/rebuilds", document("projection-jobs", attributes));
  }
  Reply start(const json& attributes) {
    return admin().post("/admin/projection-jobs", document("projection-jobs", attributes));
  }
  static std::string job_id(const Reply& reply) { return must(reply, 201)["data"]["id"]; }
  json job(const std::string& id) { return attributes_of(admin().get("/admin/projection-jobs/" + id)); }
  json wait(const std::string& id) {
    for (int i = 0; i < 600; ++i) {
      auto now = job(id);
      if (now["ended_at"] != nullptr) return now;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    throw std::runtime_error("the job does not end");
  }
  Reply set(const std::string& id, const std::string& state, const Headers& headers = {}) {
    return admin().patch("/admin/projection-jobs/" + id, document("projection-jobs", {{"state", state}}, id),
                         headers);
  }
};

TEST_F(Projections, EachSaysHowItStands) {
  auto tail = std::stoll(
      admin().post("/people/people", document("people", {{"name", "Zoë"}})).header("byline-position"));
  auto list = admin().get("/admin/projections?page[size]=50");
  EXPECT_THAT(ids_of(list), ElementsAre("organizations", "accounts", "roles", "applications", "credentials",
                                        "records", "access", "teams", "collections", "bylines", "audit",
                                        "signing_keys", "checkpoint_keys"));
  for (const auto& status : values_of(list, "status")) EXPECT_EQ(status, "live");
  for (const auto& checkpoint : values_of(list, "checkpoint")) EXPECT_GE(checkpoint, tail);
  auto audit = admin().get("/admin/projections/audit");
  EXPECT_EQ(audit.status, 200);
  EXPECT_GT(attributes_of(audit)["rows"], 10);
  EXPECT_GT(attributes_of(audit)["bytes"], 100);
  EXPECT_EQ(attributes_of(audit)["version"], attributes_of(audit)["rows_version"]);
  EXPECT_EQ(attributes_of(audit)["stalled_at"], nullptr);
  EXPECT_EQ(audit.header("etag"), "") << "it changes with everything";
  EXPECT_EQ(admin().get("/admin/projections/frobs").status, 404);
  EXPECT_THAT(ids_of(admin().get("/admin/projections?filter[status]=stalled")), IsEmpty());
  EXPECT_EQ(ids_of(admin().get("/admin/projections?page[size]=5")).size(), 5U);
}

TEST_F(Projections, OneIsRebuiltAndTheLogTellsOfIt) {
  auto made = rebuild("bylines");
  auto id = job_id(made);
  EXPECT_EQ(made.header("location"), "/admin/projection-jobs/" + id);
  EXPECT_EQ(attributes_of(made)["kind"], "rebuild");
  auto done = wait(id);
  EXPECT_EQ(done["state"], "finished") << done;
  EXPECT_EQ(done["results"][0]["projection"], "bylines");
  EXPECT_EQ(done["results"][0]["identical"], true);
  EXPECT_GT(done["results"][0]["rows"], 10);
  EXPECT_THAT(ids_of(admin().get("/admin/projection-jobs")), Contains(id));
  EXPECT_THAT(values_of(admin().get("/admin/audit-events?filter[event_type]=RebuildStarted&sort=-position"),
                        "summary"),
              Contains(HasSubstr("the view bylines")));
  for (int i = 0;
       i < 100 && attributes_of(admin().get("/admin/projections/bylines"))["rebuilt_at"] == nullptr; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_NE(attributes_of(admin().get("/admin/projections/bylines"))["rebuilt_at"], nullptr);
}

TEST_F(Projections, ToRebuildOneNothingHasToBeSaid) {
  auto made = admin().send("POST", "/admin/projections/roles/rebuilds", {}, {});
  EXPECT_EQ(attributes_of(made)["kind"], "rebuild");
  EXPECT_EQ(wait(job_id(made))["state"], "finished");
}

TEST_F(Projections, AllAreVerifiedTogether) {
  auto done = wait(job_id(start({{"kind", "verification"}})));
  EXPECT_EQ(done["state"], "finished") << done;
  ASSERT_EQ(done["results"].size(), 13U);
  for (const auto& result : done["results"]) EXPECT_EQ(result["identical"], true) << result;
}

TEST_F(Projections, AJobIsPausedGoneOnWithAndCancelled) {
  auto id = job_id(start({{"projections", {"roles", "teams"}}, {"most_per_second", 1}}));
  EXPECT_EQ(attributes_of(set(id, "paused"))["state"], "paused");
  EXPECT_EQ(admin().get("/admin/projections/roles").json()["data"]["relationships"]["job"]["data"]["id"], id);
  EXPECT_EQ(attributes_of(admin().get("/admin/projections/roles"))["status"], "live") << "the old rows";
  auto busy = rebuild("teams");
  EXPECT_EQ(busy.status, 409);
  EXPECT_EQ(busy.codes(), "projection_busy");
  EXPECT_THAT(busy.body, HasSubstr(id));
  EXPECT_EQ(set(id, "running").status, 200);
  EXPECT_EQ(set(id, "cancelled").status, 200);
  EXPECT_EQ(wait(id)["state"], "cancelled");
  for (const auto* state : {"running", "paused", "cancelled"})
    EXPECT_EQ(set(id, state).codes(), "projection_job_over") << state;
  EXPECT_EQ(wait(job_id(rebuild("teams")))["state"], "finished");
}

TEST_F(Projections, ARepetitionUnderItsKeyStartsNothing) {
  Headers key = {{"Idempotency-Key", fresh("key")}};
  auto ask = [&] {
    return admin().post("/admin/projections/roles/rebuilds", document("projection-jobs", json::object()),
                        key);
  };
  auto first = ask();
  wait(job_id(first));
  EXPECT_EQ(ask().body, first.body);
}

TEST_F(Projections, ACancellationIsAnsweredAgainUnderItsKey) {
  Headers key = {{"Idempotency-Key", fresh("key")}};
  auto id = job_id(start({{"projections", {"roles"}}, {"most_per_second", 1}}));
  auto first = set(id, "cancelled", key);
  EXPECT_EQ(first.status, 200);
  wait(id);
  auto again = set(id, "cancelled", key);
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.body, first.body);
}

TEST_F(Projections, WhatIsAskedForFollowsItsRules) {
  EXPECT_EQ(start({{"projections", {"frobs"}}}).places(), "/data/attributes/projections/0 invalid_value");
  EXPECT_EQ(start({{"projections", json::array()}}).places(), "/data/attributes/projections invalid_value");
  EXPECT_EQ(start({{"projections", {"roles", "roles"}}}).places(),
            "/data/attributes/projections/1 duplicate_value");
  EXPECT_EQ(start({{"kind", "other"}, {"most_per_second", 0}}).places(),
            "/data/attributes/kind invalid_value; /data/attributes/most_per_second invalid_value");
  EXPECT_EQ(rebuild("roles", {{"projections", {"teams"}}}).places(),
            "/data/attributes/projections invalid_value");
  EXPECT_EQ(rebuild("frobs").status, 404);
  EXPECT_EQ(admin().get("/admin/projection-jobs/" + std::string(36, '0')).status, 404);
}

TEST_F(Projections, AreForWhoSeesToTheOrganization) {
  auto clerk = caller();
  EXPECT_EQ(clerk.http->get("/admin/projections").codes(), "permission_missing");
  EXPECT_EQ(clerk.http->get("/admin/projection-jobs").codes(), "permission_missing");
  EXPECT_EQ(clerk.http->post("/admin/projections/roles/rebuilds", document("projection-jobs", json::object()))
                .codes(),
            "permission_missing");
  auto viewer = caller_with({{"admin.organization", {{"view", "all"}}}});
  EXPECT_EQ(viewer.http->get("/admin/projections").status, 200);
  EXPECT_EQ(viewer.http->post("/admin/projection-jobs", document("projection-jobs", json::object())).codes(),
            "permission_missing");
}

}  // namespace
}  // namespace byline::test
