#pragma once

#include <rocksdb/db.h>

#include <cstdint>
#include <expected>
#include <string>

namespace byline {

/// Two sets of rows, side by side.
struct RowsCompared {
  std::uint64_t rows = 0;  ///< of the second
  bool identical = true;
  std::string first_difference;  ///< the key in hexadecimal of the first row that is not the same in both
};
/// The error says why one cannot be read.
std::expected<RowsCompared, std::string> compare_rows(rocksdb::DB& left,
                                                      rocksdb::ColumnFamilyHandle* left_family,
                                                      rocksdb::DB& right,
                                                      rocksdb::ColumnFamilyHandle* right_family);

}  // namespace byline
