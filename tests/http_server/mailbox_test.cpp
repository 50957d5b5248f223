#include "http/server/mailbox.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

namespace byline::http {
namespace {

TEST(MailboxTest, RunsEverythingOnceInTheOrderOfPushing) {
  boost::asio::io_context context;
  Mailbox mailbox(context);
  std::vector<int> seen;
  for (int i = 0; i < 5; ++i) mailbox.push([&seen, i] { seen.push_back(i); });
  EXPECT_TRUE(seen.empty());  // nothing runs on the thread that pushes
  context.run();
  EXPECT_EQ(seen, (std::vector{0, 1, 2, 3, 4}));
}

TEST(MailboxTest, WakesTheThreadOnceForAllThatWaits) {
  boost::asio::io_context context;
  Mailbox mailbox(context);
  for (int i = 0; i < 100; ++i) mailbox.push([] {});
  EXPECT_EQ(context.run(), 1U);
}

TEST(MailboxTest, TakesWhatIsPushedWhileItRuns) {
  boost::asio::io_context context;
  Mailbox mailbox(context);
  int left = 10;
  std::function<void()> again = [&] {
    if (--left > 0) mailbox.push(again);
  };
  mailbox.push(again);
  context.run();
  EXPECT_EQ(left, 0);
}

TEST(MailboxTest, KeepsEachThreadsOrder) {
  constexpr int kThreads = 4;
  constexpr int kEach = 2000;
  boost::asio::io_context context;
  auto work = boost::asio::make_work_guard(context);
  Mailbox mailbox(context);
  std::vector<int> next(kThreads, 0);
  int count = 0;
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&, thread] {
        for (int i = 0; i < kEach; ++i) {
          mailbox.push([&, thread, i] {
            EXPECT_EQ(next[static_cast<std::size_t>(thread)]++, i);
            if (++count == kThreads * kEach) work.reset();
          });
        }
      });
    }
    context.run();
  }
  EXPECT_EQ(count, kThreads * kEach);
}

TEST(MailboxTest, AFaultDoesNotKeepTheRestFromRunning) {
  boost::asio::io_context context;
  Mailbox mailbox(context);
  int ran = 0;
  mailbox.push([] { throw std::runtime_error("first"); });
  mailbox.push([&] { ++ran; });
  mailbox.push([] { throw std::logic_error("second"); });
  mailbox.push([&] { ++ran; });
  EXPECT_THROW(context.run(), std::runtime_error);
  EXPECT_EQ(ran, 2);
  mailbox.push([&] { ++ran; });
  context.restart();
  context.run();
  EXPECT_EQ(ran, 3);
}

TEST(MailboxTest, DestroysUnrunWhatIsLeft) {
  auto held = std::make_shared<int>(0);
  boost::asio::io_context context;
  {
    Mailbox mailbox(context);
    mailbox.push([held] { ++*held; });
    EXPECT_EQ(held.use_count(), 2);
  }
  EXPECT_EQ(held.use_count(), 1);
  context.run();  // the wake-up that was on its way finds nothing
  EXPECT_EQ(*held, 0);
}

TEST(MailboxTest, LetsGoOfEachFunctionBeforeTheNext) {
  auto held = std::make_shared<int>(0);
  boost::asio::io_context context;
  Mailbox mailbox(context);
  mailbox.push([held] {});
  mailbox.push([&held] { EXPECT_EQ(held.use_count(), 1); });
  context.run();
}

TEST(MailboxTest, BelongsToAThreadForAsLongAsItsScope) {
  boost::asio::io_context context;
  Mailbox mine(context);
  Mailbox::Scope scope(mine);
  EXPECT_EQ(&Mailbox::of_this_thread(), &mine);
  std::jthread([&context] {
    Mailbox other(context);
    Mailbox::Scope other_scope(other);
    EXPECT_EQ(&Mailbox::of_this_thread(), &other);
  });
  EXPECT_EQ(&Mailbox::of_this_thread(), &mine);
}

}  // namespace
}  // namespace byline::http
