#pragma once

#include <rocksdb/db.h>

#include <array>
#include <atomic>
#include <expected>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/subject_keys.hpp"
#include "engine/temporary_directory.hpp"
#include "log/event_log.hpp"
#include "log/rocks_tree.hpp"
#include "projections/projection.hpp"

namespace byline {

/// How far each view is folded, and in which column family its rows are. One row of the database, rewritten
/// in every batch, so that rows and checkpoint become durable together.
struct ViewState {
  std::uint32_t generation = 0;  ///< 0: the view has no rows yet
  int version = 0;               ///< of the projection that made the rows
  Position checkpoint;
};
using ViewStates = std::array<ViewState, kViewCount>;

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
  /// to use; nullptr for the system's.
  static std::expected<std::unique_ptr<Database>, std::string> open(
      const std::filesystem::path& directory, Mode mode,
      const std::optional<security::Key>& key_encryption_key = {}, rocksdb::Env* env = nullptr);
  /// Whether a directory holds a database that was made to the end: a first start that was cut short leaves
  /// none.
  static bool exists(const std::filesystem::path& directory);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  rocksdb::DB& rocks() const { return *rocks_; }
  EventLog& log() const { return *log_; }
  /// Opens the personal data in the log; for one piece of work.
  SubjectKeys subject_keys() const { return SubjectKeys(*log_, wrapping_key_); }
  /// Whether it can: what is written is sealed then.
  bool has_key() const { return wrapping_key_.has_value(); }
  /// The Merkle tree over the log. Data of an early release that was opened only for reading has none.
  bool has_tree() const { return tree_ != nullptr; }
  RocksTree& tree() const { return *tree_; }
  rocksdb::ColumnFamilyHandle* answers() const { return answers_; }
  rocksdb::ColumnFamilyHandle* usage() const { return usage_; }
  /// The live rows of a view. Only where the database was opened with its views.
  rocksdb::ColumnFamilyHandle* rows(View view) const { return rows_[static_cast<std::size_t>(view)]; }

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

  const ViewStates& view_states() const { return view_states_; }
  /// Adds the new checkpoints to the batch; call `adopt` once it is durable.
  void put_view_states(rocksdb::WriteBatch& batch, const ViewStates& states) const;
  void adopt(const ViewStates& states) { view_states_ = states; }

  /// A fresh, empty column family for the next generation of a view, beside the live one.
  std::expected<rocksdb::ColumnFamilyHandle*, std::string> create_generation(View view,
                                                                             std::uint32_t generation);
  /// Makes that generation the live one, durably, and drops the one before.
  std::expected<void, std::string> swap_generation(View view, rocksdb::ColumnFamilyHandle* fresh,
                                                   ViewState state);
  /// Gives up a generation that did not become live.
  void drop_generation(rocksdb::ColumnFamilyHandle* fresh);

 private:
  Database() = default;
  std::expected<void, std::string> adopt_families(std::vector<rocksdb::ColumnFamilyHandle*> handles);
  std::expected<void, std::string> prepare_for_writing();
  std::expected<void, std::string> read_view_states();

  std::unique_ptr<rocksdb::DB> rocks_;
  std::vector<rocksdb::ColumnFamilyHandle*> handles_;  ///< all that are open, to be closed
  rocksdb::ColumnFamilyHandle* meta_ = nullptr;
  rocksdb::ColumnFamilyHandle* answers_ = nullptr;
  rocksdb::ColumnFamilyHandle* usage_ = nullptr;
  std::array<rocksdb::ColumnFamilyHandle*, kViewCount> rows_{};
  rocksdb::ColumnFamilyHandle* keys_ = nullptr;
  std::optional<security::Key> wrapping_key_;
  std::unique_ptr<EventLog> log_;
  std::unique_ptr<RocksTree> tree_;
  ViewStates view_states_{};
  std::optional<TemporaryDirectory> follower_files_;  ///< RocksDB wants a place for a follower's own log
};

}  // namespace byline
