#pragma once

#include <rocksdb/db.h>

#include <atomic>
#include <expected>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/release.hpp"
#include "engine/rocks_options.hpp"
#include "engine/subject_keys.hpp"
#include "engine/temporary_directory.hpp"
#include "log/event_log.hpp"
#include "log/rocks_tree.hpp"
#include "projections/view_set.hpp"

namespace byline {

/// A view that could not be folded further: a bug of ours, or rows that are damaged.
struct Stall {
  Position position;   ///< of the entry at which it stopped
  std::string reason;  ///< without a full stop

  friend bool operator==(const Stall&, const Stall&) = default;
};

/// How far each view is folded, and in which column family its rows are. One row of the database, rewritten
/// in every batch, so that rows and checkpoint become durable together.
struct ViewState {
  std::uint32_t generation = 0;  ///< 0: the view has no rows yet
  int version = 0;               ///< of the projection that made the rows
  Position checkpoint;
  std::optional<Stall> stall = {};
};
/// In the order of the set.
using ViewStates = std::vector<ViewState>;

/// The rows of one generation of a view; they can be read for as long as somebody holds them.
using Family = std::shared_ptr<rocksdb::ColumnFamilyHandle>;
/// In the order of the set; nullptr: cannot be read.
using ViewFamilies = std::vector<Family>;

/// A checkpoint of the log as it is kept for the next start.
struct KeptCheckpoint {
  std::string note;
  std::string
      edge;  ///< the hashes of the leaves behind the last full tile: until that is full they are nowhere else
};

/// The RocksDB database of a data directory: the log, the views, and beside them answers kept for repeated
/// requests and counts of uses.
/// Thread-safe for reading; writing is for the writer alone.
class Database {
 public:
  enum class Mode {
    read_write,
    read_only,  ///< as it is on disk at opening
    follower,   ///< beside the process that writes
  };
  /// Without the key-encryption key the personal data in the log stays sealed. `env`: the files and threads
  /// to use; nullptr for the system's. `views`: those that there are from now on, where it is opened for
  /// writing; nullptr: those that the last one said who did.
  static std::expected<std::unique_ptr<Database>, std::string> open(
      const std::filesystem::path& directory, Mode mode,
      const std::optional<security::Key>& key_encryption_key = {}, rocksdb::Env* env = nullptr,
      std::shared_ptr<const ViewSet> views = nullptr);
  /// Whether a directory holds a database that was made to the end: a first start that was cut short leaves
  /// none.
  static bool exists(const std::filesystem::path& directory);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  rocksdb::DB& rocks() const { return *rocks_; }
  /// The views that it has.
  const ViewSet& views() const { return *views_; }
  std::shared_ptr<const ViewSet> shared_views() const { return views_; }
  EventLog& log() const { return *log_; }
  /// Opens the personal data in the log; for one piece of work.
  SubjectKeys subject_keys() const { return SubjectKeys(*log_, wrapping_key_); }
  SharedSubjectKeys shared_subject_keys() const { return SharedSubjectKeys(*log_, wrapping_key_); }
  /// Whether it can: what is written is sealed then.
  bool has_key() const { return wrapping_key_.has_value(); }
  /// Tells one key-encryption key from another, and nothing of it; all zero without one.
  security::Key key_mark() const;
  /// The newest that wrote here; nullopt for a build before the first release.
  const std::optional<Release>& release() const { return release_; }
  /// Whether the directory has the format that this release gives it; else it had an earlier one at opening.
  bool has_newest_format() const;
  /// The Merkle tree over the log. Data of an early release that was opened only for reading has none.
  bool has_tree() const { return tree_ != nullptr; }
  RocksTree& tree() const { return *tree_; }
  rocksdb::ColumnFamilyHandle* answers() const { return answers_; }
  rocksdb::ColumnFamilyHandle* usage() const { return usage_; }
  /// The current rows of a view, whether or not they are live; for the writer, and where nothing writes.
  rocksdb::ColumnFamilyHandle* rows(View view) const { return rows_[static_cast<std::size_t>(view)].get(); }

  /// The same, to be held. For the writer.
  Family current_rows(View view) const { return rows_[static_cast<std::size_t>(view)]; }
  /// Whether the current rows are those of the log's tail, in a form that this release reads. For the writer.
  bool is_live(View view) const;
  /// The rows of the views that are live. Thread-safe.
  std::shared_ptr<const ViewFamilies> live_rows() const;
  /// Changes after `live_rows` does. Thread-safe.
  std::uint64_t live_rows_epoch() const { return live_epoch_.load(std::memory_order_acquire); }

  /// The checkpoint published last; empty where none was. Throws std::runtime_error where it cannot be read
  /// or written.
  KeptCheckpoint kept_checkpoint() const;
  void keep_checkpoint(const KeptCheckpoint& checkpoint);

  /// Notes in the batch that somebody's data is erased with it, at this position: from the files it goes only
  /// when they are written anew.
  void note_erasure(rocksdb::WriteBatch& batch, Position position) const;
  /// The erasures whose traces may still be in the files.
  std::vector<std::string> noted_erasures() const;
  /// Writes all files anew in which keys and personal data may stand, and takes these notes away. Others read
  /// and write meanwhile. Throws std::runtime_error where that fails, and while there is a snapshot, which
  /// would keep them; gives up when `canceled` becomes true.
  void rewrite_files(const std::vector<std::string>& erasures, std::atomic<bool>& canceled);

  /// Writes what stands only in the write-ahead log to table files, where that is much: the next opening
  /// would have to read it again. Where it fails, it will.
  void flush_before_closing();

  /// For the writer.
  const ViewStates& view_states() const { return view_states_; }
  /// The same, for anybody. Thread-safe.
  ViewStates view_states_now() const;
  /// Adds the new checkpoints to the batch; call `adopt` once it is durable.
  void put_view_states(rocksdb::WriteBatch& batch, const ViewStates& states) const;
  void adopt(const ViewStates& states);

  /// Rows for these generations of views, empty or as an earlier piece of work on them left them. Making some
  /// together keeps the writer waiting less often than one by one. Thread-safe.
  std::expected<std::vector<Family>, std::string> open_generations(
      const std::vector<std::pair<View, std::uint32_t>>& wanted);
  /// nullptr where there are none of that number. Thread-safe.
  Family generation(View view, std::uint32_t number) const {
    return find_generation(generation_name(view, number));
  }
  /// Merges files that lie over each other; gives up when `canceled` becomes true. Thread-safe.
  std::expected<void, std::string> put_in_order(rocksdb::ColumnFamilyHandle& family,
                                                std::atomic<bool>& canceled);
  /// A number that no rows of the view have. For the writer, and where nothing else works on views.
  std::uint32_t next_generation(View view) const;
  struct FreshView {
    View view;
    Family rows;
    ViewState state;
  };
  /// Makes these the current rows, durably, with what else is in the batch: all of them or none. Gives those
  /// before, in the same order. For the writer.
  std::expected<std::vector<Family>, std::string> swap_generations(const std::vector<FreshView>& fresh,
                                                                   rocksdb::WriteBatch& batch);
  /// Gives up rows that are not current, which are gone from the disk when nobody holds them any more.
  /// Thread-safe.
  void drop_generations(const std::vector<Family>& families);
  /// Gives up all that are neither current nor among these. Where nothing else works on views.
  void drop_generations_but(const std::vector<std::string>& kept_names);
  std::string generation_name(View view, std::uint32_t generation) const;

  /// Work on views that is to be gone on with after a stop. Throws std::runtime_error. Thread-safe.
  std::string kept_jobs() const;
  void keep_jobs(const std::string& json);

 private:
  Database() = default;
  std::expected<void, std::string> adopt_families(std::vector<rocksdb::ColumnFamilyHandle*> handles);
  std::expected<void, std::string> prepare_for_writing();
  std::expected<void, std::string> read_format();
  std::expected<void, std::string> check_format() const;
  std::expected<void, std::string> read_views();
  std::expected<void, std::string> read_view_states();
  Family own(rocksdb::ColumnFamilyHandle* handle);
  std::expected<void, std::string> create_families(const std::vector<std::string>& names);
  Family find_generation(const std::string& name) const;
  void publish_live_rows();

  std::shared_ptr<const ViewSet> views_;
  std::unique_ptr<rocksdb::DB> rocks_;
  std::vector<rocksdb::ColumnFamilyHandle*> handles_;  ///< all but those of views, to be closed
  rocksdb::ColumnFamilyHandle* meta_ = nullptr;
  rocksdb::ColumnFamilyHandle* answers_ = nullptr;
  rocksdb::ColumnFamilyHandle* usage_ = nullptr;
  ViewFamilies rows_;
  mutable std::mutex families_mutex_;  ///< of the two below, and of writing view_states_
  std::vector<Family> generations_;    ///< of views, all that are open
  std::shared_ptr<const ViewFamilies> live_;
  std::atomic<std::uint64_t> live_epoch_ = 0;
  rocksdb::ColumnFamilyHandle* keys_ = nullptr;
  std::optional<security::Key> wrapping_key_;
  std::string format_;
  std::optional<Release> release_;
  std::unique_ptr<EventLog> log_;
  std::unique_ptr<RocksTree> tree_;
  ViewStates view_states_;
  std::optional<TemporaryDirectory> follower_files_;  ///< RocksDB wants a place for a follower's own log
};

}  // namespace byline
