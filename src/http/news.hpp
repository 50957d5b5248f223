#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

#include "http/server/mailbox.hpp"
#include "http/server/message.hpp"

namespace byline::http {

/// Wakes those who wait on I/O threads for the log to grow.
class News {
 public:
  /// There is some. From any thread, and quick.
  void arrived();
  /// Until news arrive, or so much time has passed; not at all where `is_there`, which is asked once this
  /// would not miss any.
  Awaitable<void> wait(std::chrono::milliseconds most, std::function<bool()> is_there);
  /// So much time, whatever arrives.
  static Awaitable<void> pause(std::chrono::milliseconds time);

 private:
  struct Sleeper;
  struct Place;
  std::mutex mutex_;
  std::map<std::uint64_t, std::pair<Mailbox*, std::shared_ptr<Sleeper>>> waiting_;
  std::uint64_t next_ = 0;
};

}  // namespace byline::http
