#include "engine/compare_rows.hpp"

#include <memory>
#include <stdexcept>

#include "engine/bulk_rows.hpp"

namespace byline {
namespace {

/// Rows of a view in their order, without what their fold keeps among them.
class Walk {
 public:
  explicit Walk(const RowsAt& rows) {
    rocksdb::ReadOptions options;
    options.snapshot = rows.snapshot;
    options.fill_cache = false;  // of the service's
    options.total_order_seek = true;
    iterator_.reset(rows.rocks.NewIterator(options, &rows.family));
    iterator_->SeekToFirst();
    skip();
  }
  /// Throws std::runtime_error where the end is none.
  bool valid() const {
    if (iterator_->Valid()) return true;
    if (!iterator_->status().ok())
      throw std::runtime_error("The rows of a view cannot be read: " + iterator_->status().ToString() + ".");
    return false;
  }
  void next() {
    iterator_->Next();
    skip();
  }
  rocksdb::Slice key() const { return iterator_->key(); }
  rocksdb::Slice value() const { return iterator_->value(); }

 private:
  void skip() {
    while (iterator_->Valid() && !BulkRows::is_row(iterator_->key().ToStringView())) iterator_->Next();
  }
  std::unique_ptr<rocksdb::Iterator> iterator_;
};

constexpr std::uint64_t kAskEvery = 512;

}  // namespace

std::optional<RowsCompared> compare_rows(const RowsAt& left, const RowsAt& right,
                                         const std::function<bool()>& go_on) {
  RowsCompared compared;
  Walk one(left), other(right);
  for (; one.valid() && other.valid(); one.next(), other.next()) {
    if (one.key() != other.key() || one.value() != other.value()) break;
    if (++compared.rows % kAskEvery == 0 && !go_on()) return std::nullopt;
  }
  if (one.valid() || other.valid()) {
    compared.identical = false;
    bool take_one = one.valid() && (!other.valid() || one.key().compare(other.key()) <= 0);
    compared.first_difference = (take_one ? one.key() : other.key()).ToString(/*hex=*/true);
    for (; other.valid(); other.next()) {
      if (++compared.rows % kAskEvery == 0 && !go_on()) return std::nullopt;
    }
  }
  return compared;
}

std::optional<std::uint64_t> count_rows(const RowsAt& rows, const std::function<bool()>& go_on) {
  std::uint64_t count = 0;
  for (Walk row(rows); row.valid(); row.next()) {
    if (++count % kAskEvery == 0 && !go_on()) return std::nullopt;
  }
  return count;
}

}  // namespace byline
