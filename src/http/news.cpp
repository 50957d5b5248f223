#include "http/news.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace byline::http {

namespace asio = boost::asio;

struct News::Sleeper {
  using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                           asio::wait_traits<std::chrono::steady_clock>, Executor>;
  Sleeper(const Executor& executor, std::chrono::milliseconds most) : timer(executor, most) {}
  Timer timer;
};

/// Among those who wait, for as long as it lives.
struct News::Place {
  Place(News& among, const std::shared_ptr<Sleeper>& sleeper) : news(among) {
    std::lock_guard guard(news.mutex_);
    number = news.next_++;
    news.waiting_.emplace(number, std::pair(&Mailbox::of_this_thread(), sleeper));
  }
  ~Place() {
    std::lock_guard guard(news.mutex_);
    news.waiting_.erase(number);
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  News& news;
  std::uint64_t number = 0;
};

void News::arrived() {
  std::lock_guard guard(mutex_);
  for (auto& [number, sleeper] : waiting_) {
    // What is let go of there must be its own thread's to destroy.
    sleeper.first->push([woken = std::move(sleeper.second)] { woken->timer.cancel(); });
  }
  waiting_.clear();
}

Awaitable<void> News::wait(std::chrono::milliseconds most, std::function<bool()> is_there) {
  auto executor = co_await asio::this_coro::executor;
  auto sleeper = std::make_shared<Sleeper>(executor, most);
  Place place(*this, sleeper);
  if (is_there()) co_return;
  boost::system::error_code ignored;
  co_await sleeper->timer.async_wait(asio::redirect_error(asio::use_awaitable_t<Executor>{}, ignored));
}

Awaitable<void> News::pause(std::chrono::milliseconds time) {
  Sleeper sleeper(co_await asio::this_coro::executor, time);
  boost::system::error_code ignored;
  co_await sleeper.timer.async_wait(asio::redirect_error(asio::use_awaitable_t<Executor>{}, ignored));
}

}  // namespace byline::http
