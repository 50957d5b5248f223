#include "engine/crew.hpp"

#include <sched.h>

#include <atomic>
#include <chrono>

#include "engine/rocks_options.hpp"

namespace byline {
namespace {

std::atomic<int> right_of_way = 0;

// At most, after what a thread that gives way does in a tenth of a millisecond.
constexpr int kMostWaits = 5;
constexpr std::chrono::microseconds kWait(50);

}  // namespace

Crew::Crew(unsigned threads) {
  for (unsigned i = 1; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

Crew::~Crew() {
  {
    std::lock_guard guard(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  for (auto& thread : threads_) thread.join();
}

void Crew::run(const Tasks& tasks) {
  std::unique_lock guard(mutex_);
  tasks_ = &tasks;
  next_ = 0;
  failure_ = nullptr;
  changed_.notify_all();
  take_tasks(guard);
  changed_.wait(guard, [this] { return at_work_ == 0; });
  tasks_ = nullptr;
  if (failure_) std::rethrow_exception(failure_);
}

void Crew::work() {
  give_way();
  count_nothing_of_rocksdb();
  std::unique_lock guard(mutex_);
  while (!stopping_) {
    take_tasks(guard);
    changed_.wait(guard, [this] { return stopping_ || (tasks_ && next_ < tasks_->size()); });
  }
}

void Crew::take_tasks(std::unique_lock<std::mutex>& guard) {
  while (tasks_ && next_ < tasks_->size()) {
    const auto& task = (*tasks_)[next_++];
    ++at_work_;
    guard.unlock();
    std::exception_ptr failure;
    try {
      task();
    } catch (...) {
      failure = std::current_exception();
    }
    guard.lock();
    --at_work_;
    if (failure && !failure_) failure_ = failure;
  }
  if (at_work_ == 0) changed_.notify_all();
}

void give_way() {
  // Of one thread, on Linux; where it is refused, it goes without.
  sched_param none{};
  (void)::sched_setscheduler(0, SCHED_IDLE, &none);
}

void let_others_on() {
  ::sched_yield();
  for (int i = 0; i < kMostWaits && right_of_way.load(std::memory_order_relaxed) > 0; ++i)
    std::this_thread::sleep_for(kWait);
}

RightOfWay::RightOfWay() { right_of_way.fetch_add(1, std::memory_order_relaxed); }
RightOfWay::~RightOfWay() { right_of_way.fetch_sub(1, std::memory_order_relaxed); }

}  // namespace byline
