#pragma once

#include <rocksdb/iterator.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "engine/reader.hpp"

namespace byline {

/// The rows of a view in RocksDB whose keys begin with a prefix.
class RocksRowCursor final : public RowCursor {
 public:
  RocksRowCursor(std::unique_ptr<rocksdb::Iterator> iterator, std::string prefix, std::string_view start,
                 Direction direction)
      : iterator_(std::move(iterator)), prefix_(std::move(prefix)), direction_(direction) {
    if (direction_ == Direction::forward) {
      iterator_->Seek(start.empty() ? std::string_view(prefix_) : start);
    } else if (!start.empty()) {
      iterator_->SeekForPrev(start);
    } else {
      iterator_->SeekForPrev(prefix_ + std::string(64, '\xFF'));  // longer than any rest of a key
    }
  }

  bool valid() const override {
    if (iterator_->Valid()) return iterator_->key().starts_with(prefix_);
    if (!iterator_->status().ok())
      throw std::runtime_error("a view cannot be read: " + iterator_->status().ToString());
    return false;
  }
  void next() override { direction_ == Direction::forward ? iterator_->Next() : iterator_->Prev(); }
  std::string_view key() const override { return iterator_->key().ToStringView(); }
  std::string_view value() const override { return iterator_->value().ToStringView(); }

 private:
  std::unique_ptr<rocksdb::Iterator> iterator_;
  std::string prefix_;
  Direction direction_;
};

}  // namespace byline
