// How commands wait for the writer, and what becomes of them when it stops.

#include <gmock/gmock.h>

#include <thread>

#include "engine_fixture.hpp"

namespace byline::test {
namespace {

using QueueTest = EngineFixture;
using ::testing::HasSubstr;

TEST_F(QueueTest, CommandsThatWaitAreMadeDurableTogether) {
  found();
  std::vector<std::future<Outcome>> outcomes;
  {
    WriterHeld held(*engine_, by_administrator());
    for (int i = 0; i < 100; ++i) outcomes.push_back(begin(record_command("{}")));
  }
  for (auto& outcome : outcomes) EXPECT_TRUE(is_committed(outcome.get()));
  engine_->stop();
  // One write founded the organization, the other holds all of these.
  EXPECT_THAT(metrics_.expose(), HasSubstr("byline_commit_batch_commands_count 2\n"));
  EXPECT_THAT(metrics_.expose(), HasSubstr("byline_commit_batch_commands_sum 101\n"));
}

TEST_F(QueueTest, ABatchIsBounded) {
  options_.batch_limit = 10;
  found();
  std::vector<std::future<Outcome>> outcomes;
  {
    WriterHeld held(*engine_, by_administrator());
    for (int i = 0; i < 95; ++i) outcomes.push_back(begin(record_command("{}")));
  }
  for (auto& outcome : outcomes) EXPECT_TRUE(is_committed(outcome.get()));
  engine_->stop();
  EXPECT_THAT(metrics_.expose(), HasSubstr("byline_commit_batch_commands_count 11\n"));
}

TEST_F(QueueTest, AFullQueueRefusesAndLosesNothing) {
  options_.queue_limit = 8;
  found();
  std::vector<std::future<Outcome>> accepted;
  {
    WriterHeld held(*engine_, by_administrator());
    for (int i = 0; i < 8; ++i) accepted.push_back(begin(record_command("{}")));
    EXPECT_EQ(codes_of(begin(record_command("{}")).get()), "(too many commands are waiting)");
  }
  for (auto& outcome : accepted) EXPECT_TRUE(is_committed(outcome.get()));
  EXPECT_TRUE(is_committed(ask(record_command("{}")))) << "there is room again";
}

TEST_F(QueueTest, AStopFinishesWhatWasAccepted) {
  found();
  auto tail = engine_->reader()->tail();
  std::vector<std::future<Outcome>> accepted;
  std::jthread stopper;
  {
    WriterHeld held(*engine_, by_administrator());
    for (int i = 0; i < 20; ++i) accepted.push_back(begin(record_command("{}")));
    stopper = std::jthread([this] { engine_->stop(); });
    // Whoever asks once it is stopping is refused at once, although the writer is held.
    eventually([this] { return is_ready(begin(delete_record_command({}))); });
  }
  stopper.join();
  for (auto& outcome : accepted) EXPECT_TRUE(is_committed(outcome.get()));
  EXPECT_EQ(engine_->reader()->tail().value, tail.value + 20);
  EXPECT_EQ(codes_of(ask(record_command("{}"))), "(the service is stopping)");
}

}  // namespace
}  // namespace byline::test
