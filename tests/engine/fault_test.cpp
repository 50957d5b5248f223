// What happens to commands, readers and data when the disk fails under the writer.

#include <gmock/gmock.h>

#include <limits>
#include <random>
#include <thread>

#include "engine/clock.hpp"
#include "engine/ids.hpp"
#include "engine/view_jobs.hpp"
#include "engine_fixture.hpp"
#include "faulty_disk.hpp"

namespace byline::test {
namespace {

using Fault = FaultyDisk::Fault;
constexpr int kUntilHealed = std::numeric_limits<int>::max();

class FaultTest : public EngineFixture {
 protected:
  FaultTest() { options_.env = disk_.env(); }
  ~FaultTest() override { close(); }

  void await_writable() {
    eventually([this] { return engine_->is_writable(); });
  }
  /// Present in the views; the engine must be readable.
  bool is_there(const RegisterApplication& command) {
    std::unique_ptr<Reader> reader;
    eventually([&] { return (reader = engine_->reader()) != nullptr; });
    return find_application(*reader, founding_.id, command.id).has_value();
  }
  RegisterApplication application(const std::string& address) {
    return register_command("Import", address, {intake_worker()});
  }
  void expect_all_consistent() {
    expect_views_are_the_log(*engine_->snapshot());
    close();
    expect_disk_is_the_log(directory_.path());
  }

  FaultyDisk disk_;
};

TEST_F(FaultTest, ARefusedWriteIsNotAcknowledgedAndNotThere) {
  found();
  auto lost = application("lost@example.org");
  disk_.fail(Fault::append_refused);
  EXPECT_TRUE(is_unavailable(ask(lost)));
  await_writable();
  EXPECT_FALSE(is_there(lost));
  // Memory kept nothing of it either: the address is free.
  EXPECT_TRUE(is_committed(ask(application("lost@example.org"))));
  expect_all_consistent();
}

TEST_F(FaultTest, ATornWriteIsNotAcknowledgedAndNotThere) {
  found();
  auto torn = application("torn@example.org");
  disk_.fail(Fault::append_torn);
  EXPECT_TRUE(is_unavailable(ask(torn)));
  await_writable();
  EXPECT_FALSE(is_there(torn));
  EXPECT_TRUE(is_committed(ask(application("torn@example.org"))));
  expect_all_consistent();
}

TEST_F(FaultTest, AWriteInDoubtThatTheDiskKeptIsWholeInLogAndViews) {
  found();
  auto kept = application("kept@example.org");
  disk_.fail(Fault::sync_kept);
  EXPECT_TRUE(is_unavailable(ask(kept))) << "what is in doubt is not acknowledged";
  await_writable();
  EXPECT_TRUE(is_there(kept));
  EXPECT_EQ(codes_of(ask(application("kept@example.org"))), "email_taken");
  expect_all_consistent();
}

TEST_F(FaultTest, AWriteInDoubtThatTheDiskLostIsInNeither) {
  found();
  auto lost = application("lost@example.org");
  disk_.fail(Fault::sync_lost);
  EXPECT_TRUE(is_unavailable(ask(lost)));
  await_writable();
  EXPECT_FALSE(is_there(lost));
  EXPECT_TRUE(is_committed(ask(application("lost@example.org"))));
  expect_all_consistent();
}

TEST_F(FaultTest, ARequestInDoubtCanBeRepeatedUnderItsKey) {
  found();
  auto render = [](const Outcome& outcome, const Reader&) { return codes_of(outcome); };
  for (auto fault : {Fault::sync_kept, Fault::sync_lost}) {
    KeyedRequest request{"key " + std::to_string(static_cast<int>(fault)), {1}};
    auto command = application(std::to_string(static_cast<int>(fault)) + "@example.org");
    disk_.fail(fault);
    EXPECT_TRUE(is_unavailable(submit(*engine_, by_administrator(), command, request, render).get()));
    await_writable();
    EXPECT_EQ(codes_of(submit(*engine_, by_administrator(), command, request, render).get()),
              "(repeated (committed))");
    EXPECT_TRUE(is_there(command));
  }
  expect_all_consistent();
}

TEST_F(FaultTest, EveryCommandOfAFailedBatchIsRefused) {
  found();
  std::vector<std::future<Outcome>> outcomes;
  auto tail = engine_->reader()->tail();
  {
    WriterHeld held(*engine_, by_administrator());
    for (int i = 0; i < 50; ++i) outcomes.push_back(begin(record_command("{}")));
    disk_.fail(Fault::append_torn);
  }
  for (auto& outcome : outcomes) EXPECT_TRUE(is_unavailable(outcome.get()));
  await_writable();
  EXPECT_EQ(engine_->reader()->tail(), tail);
  expect_all_consistent();
}

TEST_F(FaultTest, WhatWasAcknowledgedIsReadWhileTheDiskIsFull) {
  found();
  auto before = application("before@example.org");
  ASSERT_TRUE(is_committed(ask(before)));
  disk_.fail(Fault::disk_full, kUntilHealed);
  auto refused = application("refused@example.org");
  EXPECT_TRUE(is_unavailable(ask(refused)));
  // The write failed, then several attempts to open the disk for writing.
  eventually([&] {
    EXPECT_FALSE(engine_->is_writable());
    EXPECT_TRUE(is_unavailable(ask(refused)));
    EXPECT_TRUE(is_there(before));
    EXPECT_FALSE(is_there(refused));
    return disk_.failures() >= 4;
  });
  disk_.heal();
  await_writable();
  EXPECT_TRUE(is_there(before));
  EXPECT_TRUE(is_committed(ask(refused)));
  expect_all_consistent();
}

TEST_F(FaultTest, NothingAcknowledgedIsLostOverRepeatedFaults) {
  found();
  constexpr std::array kFaults = {Fault::append_refused, Fault::append_torn, Fault::sync_kept,
                                  Fault::sync_lost};
  auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  std::vector<RegisterApplication> acknowledged;
  int number = 0;
  for (int round = 0; round < 12; ++round) {
    await_writable();
    disk_.fail(kFaults[random() % kFaults.size()], 1 + static_cast<int>(random() % 2));
    for (int i = 0; i < 5; ++i) {
      auto command = application(std::to_string(number++) + "@example.org");
      auto outcome = ask(command);
      if (is_committed(outcome)) acknowledged.push_back(command);
      EXPECT_TRUE(is_committed(outcome) || is_unavailable(outcome)) << codes_of(outcome);
    }
    disk_.heal();
    await_writable();
    auto command = application(std::to_string(number++) + "@example.org");
    ASSERT_TRUE(is_committed(ask(command)));
    acknowledged.push_back(command);
  }
  for (const auto& command : acknowledged) EXPECT_TRUE(is_there(command));
  expect_all_consistent();
}

TEST_F(FaultTest, AFullDiskAtOpeningIsASentence) {
  found();
  close();
  disk_.fail(Fault::disk_full, kUntilHealed);
  auto opened = Engine::open(options_, metrics_);
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error(), ::testing::HasSubstr("no space left on device"));
  disk_.heal();
  open();
  ASSERT_TRUE(engine_);
  expect_all_consistent();
}

TEST_F(FaultTest, AStopDuringRecoveryStillAnswersEverySubmission) {
  options_.batch_limit = 1;  // so that the second waits in the queue while the first one fails
  found();
  std::future<Outcome> failing, waiting;
  std::jthread stopper;
  {
    WriterHeld held(*engine_, by_administrator());
    failing = begin(record_command("{}"));
    waiting = begin(record_command("{}"));
    disk_.fail(Fault::disk_full, kUntilHealed);
    stopper = std::jthread([this] { engine_->stop(); });
    eventually([this] { return is_ready(begin(delete_record_command({}))); });
  }
  stopper.join();
  EXPECT_TRUE(is_unavailable(failing.get()));
  EXPECT_TRUE(is_unavailable(waiting.get()));
  disk_.heal();
  close();
  expect_disk_is_the_log(directory_.path());
}

TEST_F(FaultTest, RecoveryWaitsForReadersThatHoldTheOldDatabase) {
  found();
  auto id = register_application("Import", "import@example.org");
  auto holding = engine_->snapshot();
  disk_.fail(Fault::append_refused);
  EXPECT_TRUE(is_unavailable(ask(record_command("{}"))));
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(find_application(*holding, founding_.id, id));
  EXPECT_FALSE(engine_->is_writable());
  holding.reset();
  await_writable();
  expect_all_consistent();
}

TEST_F(FaultTest, AFullDiskEndsARebuildAndLeavesTheOldRows) {
  found();
  auto kept = application("kept@example.org");
  ASSERT_TRUE(is_committed(ask(kept)));
  auto rebuild = [&] {
    auto id = new_id<RebuildId>(system_now());
    EXPECT_TRUE(engine_->view_jobs().start(id, ViewJobKind::rebuild, {View::applications}));
    return engine_->view_jobs().wait(id, std::chrono::minutes(1)).value();
  };
  disk_.fail(Fault::disk_full, kUntilHealed);
  auto job = rebuild();
  disk_.heal();
  EXPECT_EQ(job.state, ViewJobState::failed);
  EXPECT_THAT(job.reason, ::testing::HasSubstr("space"));
  EXPECT_TRUE(is_there(kept));
  await_writable();
  eventually([&] { return is_committed(ask(application("later@example.org"))); });
  EXPECT_EQ(rebuild().state, ViewJobState::finished);
  EXPECT_TRUE(is_there(kept));
  expect_all_consistent();
}

}  // namespace
}  // namespace byline::test
