#include <gtest/gtest.h>

#include <chrono>
#include <random>

#include "faults/acknowledged.hpp"

namespace byline::test {
namespace {

constexpr int kRounds = 50;
constexpr unsigned kClients = 8;

/// Lets some writes through, so that no round kills a service that has done nothing, and then waits a moment
/// that no round shares with another.
void kill_under_load(Service& service, const WriteLoad& load, std::mt19937& random) {
  auto wanted = std::uniform_int_distribution<std::size_t>(1, 120)(random);
  while (load.acknowledged_count() < wanted) std::this_thread::yield();
  std::this_thread::sleep_for(std::chrono::microseconds(std::uniform_int_distribution<int>(0, 3000)(random)));
  service.kill();
}

/// After the kill: the service comes up again, nothing was refused, and what was acknowledged is there.
void expect_survived(Service& service, WriteLoad& load) {
  load.finish();
  for (const auto& reply : load.refused()) ADD_FAILURE() << reply.status << " " << reply.body;
  service.start();
  expect_all_there(service, load.acknowledged());
}

/// The request that got no answer is sent again under its key: whether or not it had happened, it has now,
/// once.
void expect_repeatable(HttpClient& client, const Unanswered& request) {
  auto reply = client.post(request.path, request.document, {{"Idempotency-Key", request.idempotency_key}});
  ASSERT_EQ(reply.status, 201) << reply.body;
  auto name = request.document.at("data").at("attributes").at("name").get<std::string>();
  auto found = client.get(request.path + "?filter[name]=" + name).json();
  EXPECT_EQ(found.at("data").size(), 1U) << name;
}

/// Positions without a gap, and every commit whole.
void expect_log_whole(const Service& service) {
  auto history = run_byline({"replay", "--data", service.data().string(), "--json"});
  ASSERT_EQ(history.status, 0) << history.errors;
  EXPECT_EQ(history.errors, "");
  std::istringstream lines(history.output);
  std::uint64_t expected = 1, commit_ends = 0;
  for (std::string line; std::getline(lines, line); ++expected) {
    auto entry = nlohmann::json::parse(line);
    ASSERT_EQ(entry.at("position"), expected);
    auto first = entry.at("commit").at("first").get<std::uint64_t>();
    auto count = entry.at("commit").at("count").get<std::uint64_t>();
    if (expected > commit_ends) {
      ASSERT_EQ(first, expected);
    }
    commit_ends = first + count - 1;
  }
  EXPECT_EQ(commit_ends, expected - 1) << "the last commit is cut short";
}

TEST(Sigkill, FiftyTimesUnderLoadLosesNothingAcknowledged) {
  auto seed = std::random_device{}();
  RecordProperty("seed", static_cast<int>(seed));
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  Service service;
  auto role = role_id(*service.admin(), "intake_worker");
  std::vector<Acknowledged> all;

  for (int round = 0; round < kRounds; ++round) {
    WriteLoad load(service, role, kClients, "r" + std::to_string(round));
    kill_under_load(service, load, random);
    expect_survived(service, load);
    for (const auto& request : load.unanswered()) expect_repeatable(*service.admin(), request);
    all.insert(all.end(), load.acknowledged().begin(), load.acknowledged().end());
    if (HasFatalFailure()) return;
  }

  // What the first rounds wrote has outlived all the others; secrets given out still open the door.
  expect_all_there(service, all);
  for (const auto& written : all) {
    if (written.client_secret.empty() || written.name.find("-0-") == std::string::npos) continue;
    auto client = service.client();
    EXPECT_NE(token_of(*client, {written.path.substr(written.path.rfind('/') + 1), written.client_secret}),
              "");
  }
  EXPECT_EQ(service.stop(), 0);
  expect_log_whole(service);
  auto rebuilt = run_byline({"rebuild", "--data", service.data().string(), "--all"});
  EXPECT_EQ(rebuilt.status, 0) << rebuilt.output << rebuilt.errors;
}

TEST(Sigkill, TwoHundredTimesDuringRebuildsTheViewsStayWhatTheLogGives) {
  constexpr int kRebuildRounds = 200;
  auto seed = std::random_device{}();
  RecordProperty("seed", static_cast<int>(seed));
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  Service service;
  auto role = role_id(*service.admin(), "intake_worker");
  auto all_views = document("projection-jobs", nlohmann::json::object());
  int begun = 0, gone_on_with = 0;
  for (int round = 0; round < kRebuildRounds; ++round) {
    auto admin = service.admin();
    WriteLoad load(service, role, 4, "b" + std::to_string(round));
    auto job = admin->post("/admin/projection-jobs", all_views);
    EXPECT_TRUE(job.status == 201 || job.codes() == "projection_busy") << job.status << job.body;
    (job.status == 201 ? begun : gone_on_with) += 1;
    std::this_thread::sleep_for(
        std::chrono::microseconds(std::uniform_int_distribution<int>(0, 60'000)(random)));
    service.kill();
    expect_survived(service, load);
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(begun, 0);
  RecordProperty("begun", begun);
  RecordProperty("gone_on_with", gone_on_with);
  EXPECT_EQ(service.stop(), 0);
  expect_log_whole(service);
  auto verified = run_byline({"rebuild", "--data", service.data().string(), "--verify", "--all"});
  EXPECT_EQ(verified.status, 0) << verified.output << verified.errors;
}

}  // namespace
}  // namespace byline::test
