#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "http/server/mailbox.hpp"
#include "http/server/message.hpp"

namespace byline::http {

/// A few threads for what would hold up an I/O thread: waiting for others' servers, hashing passwords,
/// finding primes. What waits for them is bounded.
class WorkPool {
 public:
  WorkPool(unsigned threads, std::size_t most_waiting);
  ~WorkPool();
  WorkPool(const WorkPool&) = delete;
  WorkPool& operator=(const WorkPool&) = delete;

  /// False where too much is waiting; then it is never run. Thread-safe.
  bool post(std::move_only_function<void()> work);
  /// Finishes what is at work, drops what waits, and returns when no thread is left. Before the server whose
  /// mailboxes are pushed into is destroyed.
  void stop();

 private:
  void run();

  const std::size_t most_waiting_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::move_only_function<void()>> waiting_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

/// Runs `work`, which must not throw, on the pool, and resumes on this I/O thread with what it gives; nullopt
/// where the pool has no room.
template <class Work>
Awaitable<std::optional<std::invoke_result_t<Work&>>> run_on(WorkPool& pool, Work work) {
  using Result = std::optional<std::invoke_result_t<Work&>>;
  auto& mailbox = Mailbox::of_this_thread();
  auto initiate = [&mailbox, &pool, &work](auto handler) {
    // Shared, so that it is there still where the pool does not take it.
    auto resume = std::make_shared<decltype(handler)>(std::move(handler));
    bool taken = pool.post([&mailbox, resume, work = std::move(work)]() mutable {
      auto result = std::make_shared<Result>(work());
      mailbox.push([resume = std::move(resume), result] { std::move (*resume)(std::move(*result)); });
    });
    if (!taken) mailbox.push([resume] { std::move (*resume)(Result()); });
  };
  boost::asio::use_awaitable_t<Executor> token;
  co_return co_await boost::asio::async_initiate<decltype(token), void(Result)>(initiate, token);
}

}  // namespace byline::http
