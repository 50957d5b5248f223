#pragma once

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace byline {

/// Threads that do one list of tasks after the other, together with the thread that hands it to them. They
/// give way to everybody else on the machine.
class Crew {
 public:
  using Tasks = std::vector<std::function<void()>>;

  /// So many, the caller included.
  explicit Crew(unsigned threads);
  ~Crew();
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  /// How many there are, the caller included.
  std::size_t size() const { return threads_.size() + 1; }
  /// Does them all, begun in their order, and throws what the first one threw that did. One caller at a time.
  void run(const Tasks& tasks);

 private:
  void work();
  void take_tasks(std::unique_lock<std::mutex>& guard);

  std::mutex mutex_;
  std::condition_variable changed_;
  const Tasks* tasks_ = nullptr;
  std::size_t next_ = 0;
  std::size_t at_work_ = 0;
  std::exception_ptr failure_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

/// This thread gets the processor when nobody else wants it, and gives it back at once: SCHED_IDLE of
/// sched(7). One that is only nice keeps it for some milliseconds, which commands would wait.
void give_way();
/// To be called by such a thread every hundred microseconds or so while it works: whoever wakes up meanwhile
/// is else, now and then, not let on before the next tick of the clock, which is milliseconds away. While
/// somebody has the right of way it waits, but not for long: what gives way comes to its end, too.
void let_others_on();

/// Of whoever holds one. Thread-safe; of the whole process, as processors and disks are.
class RightOfWay {
 public:
  RightOfWay();
  ~RightOfWay();
  RightOfWay(const RightOfWay&) = delete;
  RightOfWay& operator=(const RightOfWay&) = delete;
};

}  // namespace byline
