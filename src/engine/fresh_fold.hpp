#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/batch_rows.hpp"
#include "engine/compare_rows.hpp"
#include "engine/database.hpp"
#include "engine/reader.hpp"
#include "engine/temporary_directory.hpp"

namespace byline {

/// Folds a log into every view of a set again, in a temporary directory: so that the rows can be held against
/// those of a database, or that what was at a past moment can be asked. Throws std::runtime_error where that
/// directory cannot be read or written.
class FreshFold {
 public:
  enum class Keep : std::uint8_t {
    rows,
    entries,  ///< too, so that `reader` has them
  };
  explicit FreshFold(std::shared_ptr<const ViewSet> views = ViewSet::built_in(), Keep keep = Keep::rows);
  ~FreshFold();
  FreshFold(const FreshFold&) = delete;
  FreshFold& operator=(const FreshFold&) = delete;

  /// The next entry of the log.
  void apply(const LogEntry& entry);
  /// The rows, and the entries where they are kept, as they are after the last entry that was applied. For as
  /// long as the fold lives.
  std::unique_ptr<Reader> reader();
  /// After the last entry. The database's views are those of the set.
  RowsCompared compare(const Database& database, View view);

 private:
  void write_out();

  const std::shared_ptr<const ViewSet> views_;
  const Keep keep_;
  Position tail_;
  const TemporaryDirectory directory_;
  std::unique_ptr<rocksdb::DB> rocks_;
  std::vector<rocksdb::ColumnFamilyHandle*> families_;  ///< one a view; then RocksDB's default
  rocksdb::WriteBatch writes_;
  std::vector<BatchRows> rows_;
  std::size_t pending_ = 0;
};

}  // namespace byline
