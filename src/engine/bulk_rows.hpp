#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/database.hpp"

namespace byline {

/// The rows of one view while the log is folded into them in bulk. They are gathered in memory and go to the
/// database as sorted files, past its write-ahead log and memtables; how far the fold has come stands in the
/// same files, so that after a crash the two are still of one moment. One thread at a time.
class BulkRows final : public Rows {
 public:
  /// `scratch`: a directory on the same file system as the database, for the files until it takes them. Goes
  /// on from what the rows say of themselves.
  BulkRows(rocksdb::DB& rocks, Family family, std::filesystem::path scratch);

  std::optional<std::string> get(std::string_view key) override;
  void put(std::string_view key, std::string value) override;
  void erase(std::string_view key) override;
  void insert(std::string_view key, std::string value) override;
  void add(std::string_view key, std::string_view value) override;

  /// The last entry that is in them.
  Position folded() const { return folded_; }
  /// Another one is.
  void folded(Position position) { folded_ = position; }
  /// About how much is in memory.
  std::size_t bytes() const { return bytes_; }
  /// Hands everything to the database, durably. Throws std::runtime_error where that fails.
  void flush();

  /// How far the fold of these rows had come; 0 where it has yet to begin.
  static Position progress_in(rocksdb::DB& rocks, rocksdb::ColumnFamilyHandle& family);
  static void put_progress(rocksdb::WriteBatch& batch, rocksdb::ColumnFamilyHandle& family,
                           Position position);
  static void remove_progress(rocksdb::WriteBatch& batch, rocksdb::ColumnFamilyHandle& family);
  /// Whether it is a row of the view, and not of its fold.
  static bool is_row(std::string_view key);

 private:
  struct Change {
    std::string_view key;
    const std::string* value;  ///< nullptr: erased
  };
  std::vector<Change> sorted_changes() const;
  bool lies_between(std::string_view before, std::string_view after) const;

  rocksdb::DB& rocks_;
  const Family family_;
  const std::filesystem::path scratch_;
  const rocksdb::Options file_options_;
  Position folded_;
  bool is_empty_;  ///< nothing was handed to the database yet
  boost::unordered_flat_map<std::string, std::optional<std::string>> changed_;
  std::vector<std::pair<std::string, std::string>> added_;
  std::size_t bytes_ = 0;
  std::map<std::string, std::string> files_;  ///< what is in the database: first key → last key
  std::uint64_t file_number_ = 0;
};

}  // namespace byline
