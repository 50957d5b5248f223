#pragma once

#include <expected>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/batch_rows.hpp"
#include "engine/compare_rows.hpp"
#include "engine/database.hpp"

namespace byline {

/// Folds a log into every view again, in a temporary directory, so that the rows can be held against those of
/// a database. Throws std::runtime_error where that directory cannot be read or written.
class FreshFold {
 public:
  FreshFold();
  ~FreshFold();
  FreshFold(const FreshFold&) = delete;
  FreshFold& operator=(const FreshFold&) = delete;

  /// The next entry of the log.
  void apply(const LogEntry& entry);
  /// After the last entry.
  std::expected<RowsCompared, std::string> compare(const Database& database, View view);

 private:
  void write_out();

  std::filesystem::path directory_;
  std::unique_ptr<rocksdb::DB> rocks_;
  std::vector<rocksdb::ColumnFamilyHandle*> families_;  ///< one a view; then RocksDB's default
  rocksdb::WriteBatch writes_;
  std::vector<BatchRows> rows_;
  std::size_t pending_ = 0;
};

}  // namespace byline
