#include "engine/compare_rows.hpp"

#include <memory>

namespace byline {

std::expected<RowsCompared, std::string> compare_rows(rocksdb::DB& left,
                                                      rocksdb::ColumnFamilyHandle* left_family,
                                                      rocksdb::DB& right,
                                                      rocksdb::ColumnFamilyHandle* right_family) {
  RowsCompared compared;
  std::unique_ptr<rocksdb::Iterator> one(left.NewIterator({}, left_family));
  std::unique_ptr<rocksdb::Iterator> other(right.NewIterator({}, right_family));
  one->SeekToFirst();
  other->SeekToFirst();
  for (; one->Valid() && other->Valid(); one->Next(), other->Next()) {
    if (one->key() != other->key() || one->value() != other->value()) break;
    ++compared.rows;
  }
  if (one->Valid() || other->Valid()) {
    compared.identical = false;
    bool take_one = one->Valid() && (!other->Valid() || one->key().compare(other->key()) <= 0);
    compared.first_difference = (take_one ? one->key() : other->key()).ToString(/*hex=*/true);
    for (; other->Valid(); other->Next()) ++compared.rows;
  }
  for (const auto& status : {one->status(), other->status()}) {
    if (!status.ok()) return std::unexpected("The rows of a view cannot be read: " + status.ToString() + ".");
  }
  return compared;
}

}  // namespace byline
