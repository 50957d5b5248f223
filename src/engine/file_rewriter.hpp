#pragma once

#include <atomic>
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
  /// `database` gives nullptr while there is none.
  explicit FileRewriter(CurrentDatabase database);
  ~FileRewriter();
  FileRewriter(const FileRewriter&) = delete;
  FileRewriter& operator=(const FileRewriter&) = delete;

  /// Something was erased. Thread-safe.
  void wake();
  /// Lets go of the database soon, and goes on later. Thread-safe.
  void interrupt();
  /// Whether nothing is left to do; waits for it. False where it was stopped before. Thread-safe.
  bool wait();
  void stop();

 private:
  void run();
  bool rewrite();

  const CurrentDatabase database_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool due_ = true;  ///< what an earlier run left is looked for first
  bool at_work_ = false;
  bool stopping_ = false;
  std::atomic<bool> canceled_ = false;
  std::thread thread_;
};

}  // namespace byline
