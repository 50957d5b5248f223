#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "domain/state.hpp"
#include "engine/database.hpp"

namespace byline {

/// Keeps the write model in a file beside the database, so that a start folds only the entries that came
/// after, however long the log is. The file can be thrown away at any time: one that is missing, damaged, of
/// another form or of another log is not read, and everything is folded from the log.
///
/// It is written when the service stops, and meanwhile by a thread of its own, which folds from the file
/// before and so disturbs nobody. Every method is thread-safe.
class StateKeeper {
 public:
  /// `database` gives nullptr while there is none. `apart`: entries from one file to the next; in large logs,
  /// whose files take longer to write, up to three times as many.
  StateKeeper(const std::filesystem::path& directory, std::function<std::shared_ptr<Database>()> database,
              std::uint64_t apart = kApart);
  ~StateKeeper();
  StateKeeper(const StateKeeper&) = delete;
  StateKeeper& operator=(const StateKeeper&) = delete;

  /// What is in the file, of whichever log that is.
  struct Kept;
  /// Takes a while, and needs no database.
  std::shared_ptr<Kept> read();
  /// What was read, once, if it is of this log; a fresh state where there is nothing that can be used.
  std::unique_ptr<State> use(std::shared_ptr<Kept> kept, const Database& database);
  /// Durable on return; that it could not be written stands in the service's log. Not where what is kept is
  /// newer, or about as new.
  void keep(const State& state, const Database& database);
  /// Somebody was erased by the entry at this position: takes the file away if it is of before, and writes
  /// none that is. Throws std::runtime_error where that cannot be done.
  void forget_before(Position erasure);

  /// The log has grown up to there. Quick.
  void grown(Position tail);
  /// Lets go of the database soon, and goes on later.
  void interrupt() { interrupted_.store(true); }
  void stop();

  static std::filesystem::path file_in(const std::filesystem::path& directory) { return directory / "state"; }
  static constexpr std::uint64_t kApart = 100'000;

 private:
  /// Whether a start would fold so many entries that one of there had better be kept. Quick.
  bool is_due(Position tail) const {
    constexpr std::uint64_t kLarge = 4'000'000;  // entries, whose write model has some 80 MB
    auto kept = kept_.load();
    return tail.value >= kept + apart_ * std::clamp<std::uint64_t>(kept / kLarge, 1, 3);
  }
  void run();
  void keep_anew();

  const std::filesystem::path file_;
  const std::function<std::shared_ptr<Database>()> database_;
  const std::uint64_t apart_;
  std::mutex file_mutex_;  ///< of the file and the position below
  Position earliest_;      ///< a state of before is not kept
  std::atomic<std::uint64_t> kept_ = 0;
  std::atomic<bool> interrupted_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool due_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

/// Whether what is kept in a data directory is what the log gives; where nothing is that would be used, it
/// is. Throws std::runtime_error where the log cannot be folded.
bool is_kept_state_right(const std::filesystem::path& directory, const Database& database);

}  // namespace byline
