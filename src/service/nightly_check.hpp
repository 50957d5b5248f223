#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "engine/engine.hpp"

namespace byline {

/// A time of the day, in UTC.
struct TimeOfDay {
  int minutes = 0;  ///< since midnight
  /// `HH:MM`; nullopt for anything else.
  static std::optional<TimeOfDay> parse(const std::string& text);
  /// The first moment after `now` at which it is that time.
  Time next_after(Time now) const;
};

/// Holds every view against the log once a day, on a thread of its own.
class NightlyCheck {
 public:
  NightlyCheck(Engine& engine, TimeOfDay at);
  ~NightlyCheck();
  NightlyCheck(const NightlyCheck&) = delete;
  NightlyCheck& operator=(const NightlyCheck&) = delete;

 private:
  void run();

  Engine& engine_;
  const TimeOfDay at_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace byline
