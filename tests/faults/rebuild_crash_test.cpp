// Any history, its views rebuilt by a process that is killed at any moment: the rows are those of the log.

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <thread>

#include "engine/engine_fixture.hpp"
#include "engine/random_commands.hpp"
#include "security/base64.hpp"
#include "support/process.hpp"

namespace byline::test {
namespace {

class RebuildCrash : public EngineFixture, public ::testing::WithParamInterface<std::uint32_t> {
 protected:
  RebuildCrash() { options_.key_encryption_key.emplace().fill(9); }

  std::string data() const { return directory_.path().string(); }
  Environment key() const {
    const auto& bytes = *options_.key_encryption_key;
    return {{"BYLINE_KEY_ENCRYPTION_KEY",
             security::to_base64url({reinterpret_cast<const char*>(bytes.data()), bytes.size()})}};
  }
};

TEST_P(RebuildCrash, TheRowsAreThoseOfTheLog) {
  SCOPED_TRACE("seed " + std::to_string(GetParam()));
  std::mt19937 random(GetParam());
  found();
  RandomCommands commands(GetParam(), founding_);
  for (int i = 0; i < 600; ++i) begin(commands.next()).wait();
  close();
  for (int crash = 0; crash < 4; ++crash) {
    Process rebuild({byline_binary(), "rebuild", "--data", data(), "--all"}, "/dev/null", "/dev/null", key());
    std::this_thread::sleep_for(std::chrono::milliseconds(random() % 400));
    rebuild.signal(SIGKILL);
    rebuild.wait();
    auto verified = run_byline({"verify", "--data", data()}, key());
    // Without a checkpoint, which only a service signs, there is that to be found, and nothing else.
    EXPECT_EQ(verified.output.find("view"), std::string::npos) << verified.output << verified.errors;
  }
  auto rebuilt = run_byline({"rebuild", "--data", data(), "--all"}, key());
  EXPECT_EQ(rebuilt.status, 0) << rebuilt.output << rebuilt.errors;
  open();
  expect_views_are_the_log(*engine_->reader());
}

INSTANTIATE_TEST_SUITE_P(Seeds, RebuildCrash, ::testing::Values(1u, 2u, 3u, std::random_device()()));

}  // namespace
}  // namespace byline::test
