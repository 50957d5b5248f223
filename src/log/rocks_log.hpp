#pragma once

#include <rocksdb/db.h>

#include <atomic>

#include "log/event_log.hpp"

namespace byline {

/// The log in a column family of the RocksDB database that holds the views too, so that events and rows ride
/// in one WriteBatch. Key: the position, eight bytes big-endian. Value: the entry's bytes. Beside it the keys
/// of personal data, in a family of their own.
class RocksLog final : public EventLog {
 public:
  /// All must outlive the log. `keys` may be missing where data of an early release is only read. Throws
  /// std::runtime_error when they cannot be read.
  RocksLog(rocksdb::DB& database, rocksdb::ColumnFamilyHandle& family,
           rocksdb::ColumnFamilyHandle* keys = nullptr);

  Position tail() const override { return {tail_.load(std::memory_order_acquire)}; }
  std::expected<void, AppendError> append(Position expected_tail, std::span<const std::string> entries,
                                          std::span<const KeyChange> keys,
                                          rocksdb::WriteBatch& rows) override;
  std::optional<std::string> sealed_key(std::string_view owner) const override;
  std::unique_ptr<KeyCursor> read_keys() const override;
  void for_each_key(const std::function<void(const KeyChange&)>& each) const override;
  std::unique_ptr<LogCursor> read(Position after) const override;
  bool read_one(Position position, std::string& bytes) const override;

 private:
  rocksdb::DB& database_;
  rocksdb::ColumnFamilyHandle& family_;
  rocksdb::ColumnFamilyHandle* keys_;
  std::atomic<std::uint64_t> tail_ = 0;  ///< written by the appending thread, read by all
};

}  // namespace byline
