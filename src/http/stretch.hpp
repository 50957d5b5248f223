#pragma once

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

#include "http/server/message.hpp"

namespace byline::http {

/// A piece of long work on an I/O thread: when it is over, other requests of the thread come first.
class Stretch {
 public:
  bool is_over() const { return Clock::now() >= until_; }
  /// Lets the others, and begins the next piece.
  Awaitable<void> rest(Executor executor) {
    co_await boost::asio::post(executor, boost::asio::use_awaitable_t<Executor>{});
    until_ = Clock::now() + kLongest;
  }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr auto kLongest = std::chrono::milliseconds(2);
  Clock::time_point until_ = Clock::now() + kLongest;
};

}  // namespace byline::http
