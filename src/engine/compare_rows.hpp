#pragma once

#include <rocksdb/db.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace byline {

/// Two sets of rows, side by side.
struct RowsCompared {
  std::uint64_t rows = 0;  ///< of the second
  bool identical = true;
  std::string first_difference;  ///< the key in hexadecimal of the first row that is not the same in both
};
/// Where rows stand.
struct RowsAt {
  rocksdb::DB& rocks;
  rocksdb::ColumnFamilyHandle& family;
  const rocksdb::Snapshot* snapshot = nullptr;
};
/// nullopt where `go_on`, which is asked now and then, says no. Throws std::runtime_error where rows cannot
/// be read.
std::optional<RowsCompared> compare_rows(
    const RowsAt& left, const RowsAt& right, const std::function<bool()>& go_on = [] { return true; });
/// How many there are; likewise.
std::optional<std::uint64_t> count_rows(const RowsAt& rows, const std::function<bool()>& go_on);

}  // namespace byline
