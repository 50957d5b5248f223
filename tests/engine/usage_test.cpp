#include "engine/usage.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "engine/clock.hpp"
#include "support/ids.hpp"
#include "support/temp_directory.hpp"

namespace byline::test {
namespace {

const auto kHome = numbered_id<OrganizationId>(1);
const auto kImport = numbered_id<AccountId>(2);
const auto kOther = numbered_id<AccountId>(3);
const Permission kView{Area::intake, Operation::view, Level::limited};
constexpr std::int64_t kMicrosPerDay = 24LL * 60 * 60 * 1'000'000;

class Usage : public testing::Test {
 protected:
  Usage() : database_(Database::open(directory_.path(), Database::Mode::read_write).value()) {}
  std::uint64_t count(Day since = 0) {
    std::uint64_t all = 0;
    for (const auto& use : usage_.of(*database_, kHome, kImport, since)) all += use.count;
    return all;
  }
  TempDirectory directory_;
  std::unique_ptr<Database> database_;
  PermissionUsage usage_;
};

TEST_F(Usage, CountsByAccountPermissionAndDay) {
  Time today{20'000 * kMicrosPerDay + 5}, tomorrow{20'001 * kMicrosPerDay};
  usage_.note(kHome, kImport, kView, today);
  usage_.note(kHome, kImport, kView, today);
  usage_.note(kHome, kImport, kView, tomorrow);
  usage_.note(kHome, kImport, {Area::people, Operation::edit, Level::all}, today);
  usage_.note(kHome, kOther, kView, today);
  for (bool flushed : {false, true}) {
    if (flushed) usage_.flush(*database_);
    auto uses = usage_.of(*database_, kHome, kImport, 20'000);
    ASSERT_EQ(uses.size(), 3U);
    EXPECT_EQ(uses[0].permission, (Permission{Area::people, Operation::edit, Level::all}));
    EXPECT_EQ(uses[1].permission, kView);
    EXPECT_EQ(uses[1].count, 2U);
    EXPECT_EQ(uses[2].day, 20'001U);
    EXPECT_EQ(usage_.of(*database_, kHome, kImport, 20'001).size(), 1U);
  }
  EXPECT_EQ(format_day(20'000), "2024-10-04");
}

TEST_F(Usage, AddsUpWhatIsOnDiskAndWhatIsNot) {
  auto now = system_now();
  for (int round = 1; round <= 3; ++round) {
    usage_.note(kHome, kImport, kView, now);
    usage_.flush(*database_);
    usage_.note(kHome, kImport, kView, now);
    EXPECT_EQ(count(), static_cast<std::uint64_t>(2 * round));
  }
}

TEST_F(Usage, NoneIsLostOrCountedTwiceWhileItIsWritten) {
  constexpr int kThreads = 4, kNotes = 20'000;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([this] {
      for (int n = 0; n < kNotes; ++n) usage_.note(kHome, kImport, kView, system_now());
    });
  }
  std::uint64_t before = 0;
  for (int i = 0; i < 50; ++i) {
    usage_.flush(*database_);
    auto now = count();
    EXPECT_GE(now, before);
    before = now;
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(count(), static_cast<std::uint64_t>(kThreads * kNotes));
}

TEST(UsageKeys, AreOverAfterAWhile) {
  std::string key(2 * sizeof(AccountId), 'x');
  key += std::string("\0\0\x4e\x20", 4);  // day 20,000
  key += std::string(3, '\0');
  EXPECT_FALSE(is_expired_use(key, Time{20'400 * kMicrosPerDay}));
  EXPECT_TRUE(is_expired_use(key, Time{20'401 * kMicrosPerDay}));
}

}  // namespace
}  // namespace byline::test
