#pragma once

#include <atomic>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

#include "http/server/message.hpp"

namespace byline::http {

/// Lets so much time pass without holding up anybody else. Not more than a few hundred wait at a time: who
/// comes beyond does not.
inline Awaitable<void> rest_for(std::chrono::milliseconds time) {
  using Timer =
      boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                        boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;
  constexpr int kMost = 512;
  static std::atomic<int> resting = 0;
  struct Place {
    Place() : taken(resting.fetch_add(1) < kMost) {}
    ~Place() { resting.fetch_sub(1); }
    bool taken;
  } place;
  if (!place.taken) co_return;
  auto executor = co_await boost::asio::this_coro::executor;
  Timer timer(executor, time);
  co_await timer.async_wait(boost::asio::use_awaitable_t<Executor>{});
}

}  // namespace byline::http
