#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "engine/database.hpp"

namespace byline {

/// Lets what was erased go from the files too, on a thread of its own: RocksDB only marks a row as gone, and
/// its bytes stay until the file is written anew. A stop before the end is made up for at the next start.
class FileRewriter {
 public:
  using CurrentDatabase = std::function<std::shared_ptr<Database>()>;
  /// `database` gives nullptr while there is none. `forget_before` lets go of what else was kept of before a
  /// position; it may throw. `apart`: from the end of one rewriting to the beginning of
  /// the next, so that erasing again and again does not keep the disk at it.
  FileRewriter(CurrentDatabase database, std::function<void(Position)> forget_before,
               std::chrono::milliseconds apart);
  ~FileRewriter();
  FileRewriter(const FileRewriter&) = delete;
  FileRewriter& operator=(const FileRewriter&) = delete;

  /// Something was erased. Thread-safe.
  void wake();
  /// Lets go of the database soon, and goes on later. Thread-safe.
  void interrupt();
  /// Whether nothing is left to do; waits for it. False where it was stopped before, or cannot be done now,
  /// and is tried again later. Thread-safe.
  bool wait();
  void stop();

 private:
  void run();
  bool rewrite(Database& database);

  const CurrentDatabase database_;
  const std::function<void(Position)> forget_before_;
  const std::chrono::milliseconds apart_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool due_ = true;  ///< what an earlier run left is looked for first
  bool at_work_ = false;
  std::uint64_t failures_ = 0;
  bool rewrote_ = false;  ///< its thread's: the last time there was something to do
  bool stopping_ = false;
  std::atomic<bool> canceled_ = false;
  std::thread thread_;
};

}  // namespace byline
