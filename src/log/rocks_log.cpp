#include "log/rocks_log.hpp"

#include <array>
#include <stdexcept>

namespace byline {
namespace {

using Key = std::array<char, 8>;

Key key_of(Position position) {
  Key key;
  for (std::size_t i = 0; i < key.size(); ++i)
    key[i] = static_cast<char>(position.value >> (56 - 8 * i) & 0xFF);
  return key;
}

rocksdb::Slice slice(const Key& key) { return {key.data(), key.size()}; }

Position position_of(const rocksdb::Slice& key) {
  if (key.size() != 8) throw std::runtime_error("the log holds a key that is not a position");
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < key.size(); ++i) value = value << 8 | static_cast<unsigned char>(key[i]);
  return {value};
}

class RocksLogCursor final : public LogCursor {
 public:
  RocksLogCursor(rocksdb::DB& database, rocksdb::ColumnFamilyHandle& family, Position after) {
    rocksdb::ReadOptions options;
    options.readahead_size = 256 << 10;
    options.fill_cache = false;  // what is read once would push out what is read again
    iterator_.reset(database.NewIterator(options, &family));
    iterator_->Seek(slice(key_of({after.value + 1})));
  }

  bool next() override {
    if (started_) iterator_->Next();
    started_ = true;
    if (iterator_->Valid()) return true;
    if (!iterator_->status().ok()) {
      throw std::runtime_error("the log cannot be read: " + iterator_->status().ToString());
    }
    return false;
  }
  Position position() const override { return position_of(iterator_->key()); }
  std::string_view bytes() const override { return iterator_->value().ToStringView(); }

 private:
  std::unique_ptr<rocksdb::Iterator> iterator_;
  bool started_ = false;
};

class RocksKeyCursor final : public KeyCursor {
 public:
  explicit RocksKeyCursor(rocksdb::Iterator* iterator) : iterator_(iterator) {}

  std::optional<std::string> find(std::string_view owner) override {
    if (!iterator_) return std::nullopt;
    const rocksdb::Slice wanted(owner.data(), owner.size());
    // Owners are named by ids that begin with a time: the next one is most often close by.
    constexpr int kStepsToTry = 4;
    for (int step = 0; iterator_->Valid() && step < kStepsToTry; ++step) {
      auto order = iterator_->key().compare(wanted);
      if (order == 0) return iterator_->value().ToString();
      if (order > 0) break;
      iterator_->Next();
    }
    iterator_->Seek(wanted);
    if (!iterator_->status().ok())
      throw std::runtime_error("the keys of personal data cannot be read: " + iterator_->status().ToString());
    if (!iterator_->Valid() || iterator_->key() != wanted) return std::nullopt;
    return iterator_->value().ToString();
  }

 private:
  std::unique_ptr<rocksdb::Iterator> iterator_;
};

}  // namespace

RocksLog::RocksLog(rocksdb::DB& database, rocksdb::ColumnFamilyHandle& family,
                   rocksdb::ColumnFamilyHandle* keys)
    : database_(database), family_(family), keys_(keys) {
  std::unique_ptr<rocksdb::Iterator> last(database.NewIterator({}, &family));
  last->SeekToLast();
  if (last->Valid()) tail_ = position_of(last->key()).value;
  if (!last->status().ok()) throw std::runtime_error("the log cannot be read: " + last->status().ToString());
}

std::expected<void, AppendError> RocksLog::append(Position expected_tail,
                                                  std::span<const std::string> entries,
                                                  std::span<const KeyChange> keys,
                                                  rocksdb::WriteBatch& rows) {
  if (expected_tail != tail()) {
    return std::unexpected(AppendError{AppendError::Kind::conflict, "the log's tail has moved"});
  }
  Position next = expected_tail;
  for (const auto& entry : entries) {
    ++next.value;
    rows.Put(&family_, slice(key_of(next)), entry);
  }
  for (const auto& [owner, sealed_key] : keys) rows.Put(keys_, owner, sealed_key);
  rocksdb::WriteOptions durable;
  durable.sync = true;
  if (auto status = database_.Write(durable, &rows); !status.ok()) {
    return std::unexpected(AppendError{AppendError::Kind::in_doubt, status.ToString()});
  }
  tail_.store(next.value, std::memory_order_release);
  return {};
}

std::optional<std::string> RocksLog::sealed_key(std::string_view owner) const {
  std::string key;
  if (!keys_) return std::nullopt;
  auto status = database_.Get({}, keys_, owner, &key);
  if (status.IsNotFound()) return std::nullopt;
  if (!status.ok())
    throw std::runtime_error("the keys of personal data cannot be read: " + status.ToString());
  return key;
}

std::unique_ptr<KeyCursor> RocksLog::read_keys() const {
  return std::make_unique<RocksKeyCursor>(keys_ ? database_.NewIterator({}, keys_) : nullptr);
}

void RocksLog::for_each_key(const std::function<void(const KeyChange&)>& each) const {
  if (!keys_) return;
  std::unique_ptr<rocksdb::Iterator> key(database_.NewIterator({}, keys_));
  for (key->SeekToFirst(); key->Valid(); key->Next()) each({key->key().ToString(), key->value().ToString()});
  if (!key->status().ok())
    throw std::runtime_error("the keys of personal data cannot be read: " + key->status().ToString());
}

std::unique_ptr<LogCursor> RocksLog::read(Position after) const {
  return std::make_unique<RocksLogCursor>(database_, family_, after);
}

bool RocksLog::read_one(Position position, std::string& bytes) const {
  auto status = database_.Get({}, &family_, slice(key_of(position)), &bytes);
  if (status.IsNotFound()) return false;
  if (!status.ok()) throw std::runtime_error("the log cannot be read: " + status.ToString());
  return true;
}

}  // namespace byline
