#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <expected>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "domain/state.hpp"
#include "engine/credential_uses.hpp"
#include "engine/database.hpp"
#include "engine/directory_lock.hpp"
#include "engine/file_rewriter.hpp"
#include "engine/log_reader.hpp"
#include "engine/reader.hpp"
#include "engine/seen.hpp"
#include "engine/state_keeper.hpp"
#include "engine/submission.hpp"
#include "engine/usage.hpp"
#include "engine/used_once.hpp"
#include "telemetry/metrics.hpp"

namespace byline {

class ViewJobs;

/// How a view stands.
struct ViewStatus {
  View view;
  int version = 0;       ///< of the projection
  int rows_version = 0;  ///< of the one that made the rows
  Position checkpoint;   ///< up to which they are folded
  bool live = false;     ///< they are read
  std::optional<Stall> stall;
  std::uint64_t rows = 0;   ///< about
  std::uint64_t bytes = 0;  ///< on disk, about
};

/// The one writer, and the way to everything that it has written.
///
/// I/O threads `submit` commands; the writer's own thread takes what is waiting, decides it in order and
/// makes it durable in one write. When a write fails, what it left behind is in doubt: the engine refuses
/// commands, opens the disk anew, folds the log again and goes on; what was acknowledged can be read
/// meanwhile.
class Engine {
 public:
  struct Options {
    std::filesystem::path directory;
    std::size_t queue_limit = 4096;  ///< commands waiting; more are refused
    std::size_t batch_limit = 256;   ///< commands made durable together
    std::chrono::milliseconds rewriting_apart = std::chrono::minutes(5);  ///< see FileRewriter
    std::uint64_t states_apart = StateKeeper::kApart;                     ///< entries: see StateKeeper
    std::optional<security::Key> key_encryption_key = {};                 ///< see Database::open
    rocksdb::Env* env = nullptr;                     ///< likewise; must outlive the engine
    std::shared_ptr<const ViewSet> views = nullptr;  ///< likewise
  };

  /// Locks the directory, opens the data, folds the log and starts the writer. The error is a sentence.
  static std::expected<std::unique_ptr<Engine>, std::string> open(Options options, Metrics& metrics);
  /// Finishes what was accepted, then closes.
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Hands a command to the writer. `done` is called in any case: at once when the queue is full or the
  /// engine cannot write. Thread-safe.
  void submit(Submission submission);

  /// Reads what is durable; nullptr while the disk is opened anew after a failed write and the log is folded
  /// again. Thread-safe.
  std::unique_ptr<Reader> reader() const;
  /// The same, with the rows that the command and others of its batch changed as they left them. Thread-safe.
  std::unique_ptr<Reader> reader_after(const Committed& committed) const;
  /// The same as `reader`, frozen at this moment, for what takes more than one read.
  std::unique_ptr<Reader> snapshot() const;

  /// The log's bytes and the tree over them; nullptr as with `reader`. Thread-safe.
  std::unique_ptr<LogReader> log_reader() const;

  /// Changes before the answer to any command by which somebody's access may have changed. What was worked
  /// out from a reader taken after asking for it holds for as long as it stays the same. Thread-safe.
  std::uint64_t access_epoch() const { return access_epoch_.load(std::memory_order_acquire); }

  /// The account used the permission just now. Thread-safe.
  void note_use(const OrganizationId& organization, const AccountId& account, const Permission& permission);
  /// The account's uses since that day; nullopt while the storage cannot be read. Thread-safe.
  std::optional<std::vector<PermissionUse>> uses_of(const OrganizationId& organization,
                                                    const AccountId& account, Day since) const;

  /// The credential was used just now from that address, or presented although it is over. Thread-safe.
  void note_credential_use(const OrganizationId& organization, const AccountId& account,
                           const CredentialId& id, std::string_view from);
  void note_credential_refusal(const OrganizationId& organization, const AccountId& account,
                               const CredentialId& id, std::string_view from);
  /// Somebody failed to be this account, or one that does not exist. Thread-safe.
  void note_failed_sign_in(const AccountId& claimed, std::string_view from, bool locked_out);
  /// The account was refused this operation. Thread-safe.
  void note_refusal(const OrganizationId& organization, const AccountId& account, std::string_view operation,
                    std::string_view from);
  /// It got an access token by this credential. Thread-safe.
  void note_token(const OrganizationId& organization, const AccountId& account, const CredentialId& id,
                  std::string_view from);
  /// When it was seen last; what the row says where the storage cannot be read. Thread-safe.
  CredentialSightings sightings_of(const CredentialId& id, const CredentialRow& row) const;

  /// True for the first who takes this text before `until`; nullopt while the storage cannot be used.
  /// Thread-safe.
  std::optional<bool> take_once(std::string_view text, Time until);

  /// Changes before the answer to any command by which there are other keys to sign tokens with; to be used
  /// as `access_epoch`. Thread-safe.
  std::uint64_t keys_epoch() const { return keys_epoch_.load(std::memory_order_acquire); }

  /// Waits until what was erased is gone from the files too; false where the engine is stopped before.
  bool wait_for_erasures() { return rewriter_->wait(); }

  /// Building views anew and holding them against the log. Thread-safe.
  ViewJobs& view_jobs() { return *view_jobs_; }
  /// The views that there are. Thread-safe.
  const ViewSet& views() const { return *views_; }
  /// How each view stands: in the order of the set. Empty while there is no database. Thread-safe.
  std::vector<ViewStatus> view_statuses() const;

  /// The position of the last event that is durable. Thread-safe.
  Position tail() const { return {tail_.load(std::memory_order_acquire)}; }
  /// `listener` is called on the writer's thread whenever the log has grown: must be quick and not throw.
  void listen(std::function<void()> listener);

  /// As many commands are waiting as may: one more would be refused. Thread-safe.
  bool is_full() const { return waiting_.load(std::memory_order_relaxed) >= options_.queue_limit; }
  /// Commands are being taken.
  bool is_writable() const { return writable_.load(std::memory_order_acquire); }
  /// Whether there was an organization when the data was opened.
  bool had_organizations() const { return had_organizations_; }

  /// Accepts no more commands and waits for those accepted.
  void stop();

  /// Main figures of RocksDB, for the metrics: name → value.
  std::vector<std::pair<std::string, double>> storage_figures() const;

 private:
  Engine(Options options, DirectoryLock lock, Metrics& metrics);
  /// Done by the writer between two batches.
  struct Task {
    const std::function<void()>* work;
    std::promise<bool>* done;
  };

  std::expected<void, std::string> load();
  bool on_writer(const std::function<void()>& work);
  void run_tasks();
  void start_rebuilds(const std::vector<RebuildStarted>& asked);
  void make_view_jobs();
  void tell_of_view(NoteProjection::Fact fact);
  void run();
  std::optional<std::vector<Submission>> take();
  void write(std::vector<Submission> submissions);
  std::chrono::microseconds time_to_rest() const;
  void add_expiries(std::vector<Submission>& submissions) const;
  void tell_of_growth();
  void flush_uses();
  void tell_what_was_seen(bool all);
  void recover();
  bool wait_refusing(std::chrono::milliseconds delay);
  bool close_database();
  std::shared_ptr<Database> database() const;
  std::shared_ptr<Database> exchange_database(std::shared_ptr<Database> database);

  const Options options_;
  DirectoryLock lock_;
  Metrics& metrics_;
  // Not std::atomic<std::shared_ptr>, whose load() unlocks without ordering in libstdc++ 12. The lock is held
  // for the copy of a pointer.
  mutable std::mutex database_mutex_;
  std::shared_ptr<Database> database_;
  std::shared_ptr<const ViewSet> views_;
  std::unique_ptr<State> state_;  ///< the writer's
  TreeEdge edge_;                 ///< likewise
  PermissionUsage usage_;
  CredentialUses credential_uses_;
  Seen seen_;
  UsedOnce used_once_;

  std::mutex mutex_;
  std::condition_variable work_;
  std::vector<Submission> queue_;
  std::atomic<std::size_t> waiting_ = 0;  ///< the queue's size, for who does not hold the lock
  std::vector<Task> tasks_;
  bool stopping_ = false;

  std::atomic<bool> writable_ = false;
  bool had_organizations_ = false;
  std::mutex listener_mutex_;
  std::function<void()> listener_;
  std::atomic<std::uint64_t> tail_ = 0;
  std::atomic<std::uint64_t> access_epoch_ = 1;
  std::atomic<std::uint64_t> keys_epoch_ = 1;
  std::optional<StateKeeper> state_keeper_;
  std::optional<FileRewriter> rewriter_;
  std::unique_ptr<ViewJobs> view_jobs_;
  std::thread writer_;
};

}  // namespace byline
