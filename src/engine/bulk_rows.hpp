#pragma once

#include <rocksdb/sst_file_writer.h>

#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/database.hpp"
#include "engine/sort_by_key.hpp"

namespace byline {

/// The rows of one view while the log is folded into them in bulk. They are gathered in memory and go to the
/// database as sorted files, past its write-ahead log and memtables; how far the fold has come stands in the
/// same files, so that after a crash the two are still of one moment. One thread at a time, but for `sort`
/// and `write_file`, and for the lanes between two calls of others: one thread each.
///
///   for (std::size_t i = rows.gather().size(); i-- > 0;) rows.sort(i);
///   for (std::size_t i = rows.cut(); i-- > 0;) rows.write_file(i);
///   rocks.IngestExternalFiles({rows.written_files()});
///   rows.handed_over();
class BulkRows {
 public:
  /// `lanes`: into which the fold is split, which never touch the same row. `scratch`: a directory on the
  /// same file system as the database, for the files until it takes them. Goes on from what the rows say of
  /// themselves.
  BulkRows(rocksdb::DB& rocks, Family family, std::size_t lanes, std::filesystem::path scratch);
  /// Files that were not handed over go.
  ~BulkRows();
  BulkRows(const BulkRows&) = delete;
  BulkRows& operator=(const BulkRows&) = delete;

  std::size_t lanes() const { return lanes_.size(); }
  /// What one of them reads and changes.
  Rows& lane(std::size_t number);

  /// The last entry that is in them.
  Position folded() const { return folded_; }
  /// Another one is.
  void folded(Position position) { folded_ = position; }
  /// The last entry that is in what the database has of them.
  Position stored() const { return stored_; }
  /// What is in memory is of no use any more: the fold has failed.
  void abandon();
  /// About how much is in memory.
  std::size_t bytes() const;
  /// Whether the fold may ask again for what is in memory, so that it had better stay there.
  bool is_read_back() const;
  /// Whether the database lacks anything of it.
  bool has_news() const { return folded_ != stored_; }

  /// Puts what is in memory together table by table, each yet to be put in order: how many rows each has.
  /// From then on until `handed_over` nothing may be changed or read.
  std::vector<std::size_t> gather();
  /// Puts one table in order. Several at once may be.
  void sort(std::size_t table);
  /// Cuts them all into files that are yet to be written: how many.
  std::size_t cut();
  /// Writes one of them, durably. Throws std::runtime_error. Several at once may.
  void write_file(std::size_t number) const;
  /// For the database to take.
  rocksdb::IngestExternalFileArg written_files() const;
  /// It has taken them.
  void handed_over();

  /// How far the fold of these rows had come; 0 where it has yet to begin.
  static Position progress_in(rocksdb::DB& rocks, rocksdb::ColumnFamilyHandle& family);
  static void put_progress(rocksdb::WriteBatch& batch, rocksdb::ColumnFamilyHandle& family,
                           Position position);
  static void remove_progress(rocksdb::WriteBatch& batch, rocksdb::ColumnFamilyHandle& family);
  /// Whether it is a row of the view, and not of its fold.
  static bool is_row(std::string_view key);

 private:
  enum class Fate : std::uint8_t {
    put,
    erase,
    nothing,  ///< of a row that is not in the database, and is to be no more
  };
  /// What is to become of a row. Its key is right behind it in memory, as a rule its value behind that: to
  /// find one of millions, memory is what takes the time.
  struct Change {
    char* value_bytes = nullptr;
    std::uint32_t key_size;
    std::uint32_t value_size = 0;
    std::uint32_t value_room = 0;  ///< how large the value may come to be where it is
    Fate fate = Fate::put;
    bool is_fresh = false;  ///< the database has nothing under this key

    std::string_view key() const { return {reinterpret_cast<const char*>(this + 1), key_size}; }
    std::string_view value() const { return {value_bytes, value_size}; }
  };
  class Lane;
  struct File {
    std::string path;
    std::size_t first, last;  ///< of the changes; `last` is not in it
  };
  std::span<const KeyPart<Change>> changes_of(const File& file) const {
    return std::span(changes_).subspan(file.first, file.last - file.first);
  }
  std::string next_path();

  rocksdb::DB& rocks_;
  const Family family_;
  const std::filesystem::path scratch_;
  const rocksdb::Options file_options_;
  Position folded_;
  Position stored_;  ///< what the database knows of `folded_`
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::vector<KeyPart<Change>> changes_;  ///< of all lanes, once they are gathered
  std::vector<std::size_t> tables_;       ///< how many of them each has
  std::vector<File> files_;
  std::map<std::string, std::string, std::less<>> ranges_;  ///< of the database's files: first key → last key
  std::uint64_t file_number_ = 0;
};

}  // namespace byline
