#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "domain/projection.hpp"
#include "engine/compare_rows.hpp"
#include "engine/database.hpp"

namespace byline {

class BulkFold;
enum class Haste : std::uint8_t;

enum class ViewJobKind : std::uint8_t {
  rebuild,       ///< fresh rows, folded from position 1, take the place of those that are there
  verification,  ///< fresh rows are held against those that are there, which stay
};
std::string_view name_of(ViewJobKind kind);
std::optional<ViewJobKind> view_job_kind_named(std::string_view name);

enum class ViewJobState : std::uint8_t { waiting, running, paused, finished, failed, cancelled };
std::string_view name_of(ViewJobState state);

/// `cannot fold the entry at position 7: the reason`
std::string cannot_fold(const Stall& stall);

/// What came of one view.
struct ViewResult {
  View view{};
  Position position;                     ///< of the fresh rows
  std::uint64_t rows = 0;                ///< how many those are
  std::optional<RowsCompared> compared;  ///< no value where those before could not be compared with
  std::optional<Stall> failure;
};

/// A piece of work on views, as it is at a moment.
struct ViewJob {
  RebuildId id;
  ViewJobKind kind = ViewJobKind::rebuild;
  std::vector<View> views;
  ViewJobState state = ViewJobState::waiting;
  Position position;  ///< up to which all of the views are folded
  Position end;       ///< the log's tail
  Time started_at;
  std::optional<Time> in_place_at;    ///< since when the fresh rows are read
  std::optional<Time> ended_at;       ///< they are compared with those before, which are gone
  double per_second = 0;              ///< events
  std::uint64_t most_per_second = 0;  ///< 0: as many as the machine can do beside its other work
  bool automatic = false;             ///< the engine's own doing: tried again until it succeeds
  std::string reason;                 ///< why it failed, or is not going on; a sentence
  std::vector<ViewResult> results;    ///< of the views that are done

  bool is_over() const { return state >= ViewJobState::finished; }
};

/// Builds views anew, and holds them against the log, while the service reads and writes. One piece of work
/// after the other, on threads of its own that give way to the rest. What a crash or a stop cuts short is
/// gone on with. Every method is thread-safe.
class ViewJobs {
 public:
  struct Host {
    /// nullptr while there is none.
    std::function<std::shared_ptr<Database>()> database;
    /// Does it on the writer's thread, between two batches, and waits for it; false where the writer cannot.
    /// What it throws is thrown here.
    std::function<bool(const std::function<void()>&)> on_writer;
    /// What is to stand in the log.
    std::function<void(NoteProjection::Fact)> tell;
    /// A piece of work is over.
    std::function<void()> ended;
  };
  /// `directory`: for files on their way into the database, on the same file system; emptied first.
  ViewJobs(std::filesystem::path directory, Host host);
  ~ViewJobs();
  ViewJobs(const ViewJobs&) = delete;
  ViewJobs& operator=(const ViewJobs&) = delete;

  /// Builds what is not live; the first time it also takes up again what was begun before, but for those that
  /// the log says are cancelled. Whenever the database was opened, before anything writes.
  void begin(Database& database, const std::vector<RebuildId>& cancelled);

  struct Busy {
    View view;
    RebuildId job;
  };
  /// The views must not be in another piece of work that is not over.
  std::expected<void, Busy> start(const RebuildId& id, ViewJobKind kind, std::vector<View> views,
                                  std::uint64_t most_per_second = 0);
  /// nullopt where there is none, or it is known no more: the last hundred that are over are.
  std::optional<ViewJob> find(const RebuildId& id) const;
  /// The newest first.
  std::vector<ViewJob> list() const;
  /// The one that the view is in and that is not over.
  std::optional<ViewJob> job_on(View view) const;

  /// Whether nothing can be called off any more: the fresh rows are read already, or it is over. Rows come
  /// into place by tasks of the writer alone.
  bool is_settled(const RebuildId& id) const;

  /// Why the last job on the view could not fold it, where it could not.
  std::optional<Stall> last_failure(View view) const;

  // False where it is over.
  bool pause(const RebuildId& id);
  bool resume(const RebuildId& id);
  bool cancel(const RebuildId& id);
  /// Gives up the fresh rows of what is paused, soon: it begins anew when it is resumed.
  void begin_paused_anew();

  /// Until it is over or paused, or `patience` is. nullopt as with `find`.
  std::optional<ViewJob> wait(const RebuildId& id, std::chrono::milliseconds patience) const;
  /// Until there is nothing to do.
  void wait_until_idle(std::chrono::milliseconds patience) const;

  /// Lets go of the database soon, and goes on later.
  void interrupt() { interrupted_.store(true); }
  void stop();

 private:
  struct Part;
  struct Work;
  struct Fresh;
  using WorkPointer = std::shared_ptr<Work>;

  void run();
  std::expected<void, Busy> start(ViewJob job);
  void take_up(const std::string& kept, const std::vector<RebuildId>& cancelled, Database& database);
  WorkPointer next_work() const;
  bool is_called_off(const Work& work) const;
  bool is_called_off_locked(const Work& work) const;
  void do_work(Work& work);
  void fail(Work& work, Database& database, const std::string& reason);
  void attempt(Work& work, Database& database);
  void plan(Work& work, Database& database);
  bool fold_all(Work& work, Database& database, BulkFold& fold);
  bool go_on(Work& work, Position position);
  static void fold_on(Database& database, std::vector<Fresh>& views, std::uint64_t entries, Haste haste,
                      rocksdb::WriteBatch& batch);
  void catch_up(Work& work, Database& database, std::vector<Fresh>& views);
  void put_in_place(Work& work, Database& database, std::vector<Fresh>& views);
  void compare(Database& database, Fresh& fresh) const;
  void conclude(Work& work, const Database& database, Fresh& fresh);
  void drop_what_serves_no_more(Work& work, Database& database, std::vector<Fresh>& views);
  void end_part(Part& part);
  void give_up_view(Work& work, Database& database, Part& part, const Stall& failure);
  void end(Work& work, ViewJobState state, std::string reason = {});
  void drop_rows(Work& work, Database& database);
  void begin_anew(Work& work, Database& database);
  bool change(const RebuildId& id, const std::function<void(Work&)>& change);
  void keep() const;
  void keep(Database& database) const;
  WorkPointer find_work(const RebuildId& id) const;
  WorkPointer work_on(View view) const;

  const std::filesystem::path directory_;
  const Host host_;
  mutable std::mutex keeping_;  ///< so that what is kept last is the newest
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<WorkPointer> works_;  ///< the oldest first
  bool stopping_ = false;
  std::atomic<bool> interrupted_ = false;  ///< RocksDB reads it too
  std::thread thread_;
};

}  // namespace byline
