#include "log/rocks_log.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "support/temp_directory.hpp"

namespace byline::test {
namespace {

/// The log in the default column family of a database of its own.
class RocksLogTest : public ::testing::Test {
 protected:
  RocksLogTest() { open(); }

  void open() {
    log_.reset();
    rocks_.reset();
    rocksdb::Options options;
    options.create_if_missing = true;
    rocksdb::DB* raw = nullptr;
    auto status = rocksdb::DB::Open(options, directory_ / "db", &raw);
    if (!status.ok()) throw std::runtime_error(status.ToString());
    rocks_.reset(raw);
    log_ = std::make_unique<RocksLog>(*rocks_, *rocks_->DefaultColumnFamily());
  }
  std::expected<void, AppendError> append(std::uint64_t tail, const std::vector<std::string>& entries) {
    rocksdb::WriteBatch rows;
    return log_->append({tail}, entries, {}, rows);
  }
  /// `position:bytes` of everything after `after`.
  std::string read(std::uint64_t after = 0) const {
    std::string text;
    auto cursor = log_->read({after});
    while (cursor->next()) {
      text += std::to_string(cursor->position().value) + ":" + std::string(cursor->bytes()) + " ";
    }
    return text;
  }

  TempDirectory directory_;
  std::unique_ptr<rocksdb::DB> rocks_;
  std::unique_ptr<RocksLog> log_;
};

TEST_F(RocksLogTest, ANewLogIsEmpty) {
  EXPECT_EQ(log_->tail().value, 0U);
  EXPECT_EQ(read(), "");
  std::string bytes;
  EXPECT_FALSE(log_->read_one({1}, bytes));
}

TEST_F(RocksLogTest, PositionsHaveNoGap) {
  ASSERT_TRUE(append(0, {"a"}));
  ASSERT_TRUE(append(1, {"b", "c", "d"}));
  ASSERT_TRUE(append(4, {"e"}));
  EXPECT_EQ(log_->tail().value, 5U);
  EXPECT_EQ(read(), "1:a 2:b 3:c 4:d 5:e ");
}

TEST_F(RocksLogTest, AppendingAtAnotherTailIsAConflictAndWritesNothing) {
  ASSERT_TRUE(append(0, {"a", "b"}));
  for (std::uint64_t tail : {0, 1, 3, 1000}) {
    rocksdb::WriteBatch rows;
    rows.Put("row", "of a view");
    auto appended = log_->append({tail}, std::vector<std::string>{"x"}, {}, rows);
    ASSERT_FALSE(appended) << tail;
    EXPECT_EQ(appended.error().kind, AppendError::Kind::conflict);
    EXPECT_EQ(log_->tail().value, 2U);
  }
  std::string row;
  EXPECT_TRUE(rocks_->Get({}, "row", &row).IsNotFound());
  EXPECT_EQ(read(), "1:a 2:b ");
  open();
  EXPECT_EQ(read(), "1:a 2:b ");
}

TEST_F(RocksLogTest, RowsRideWithTheEntries) {
  rocksdb::WriteBatch rows;
  rocksdb::ColumnFamilyHandle* view = nullptr;
  ASSERT_TRUE(rocks_->CreateColumnFamily({}, "view", &view).ok());
  rows.Put(view, "key", "value");
  ASSERT_TRUE(log_->append({}, std::vector<std::string>{"a"}, {}, rows));
  std::string value;
  ASSERT_TRUE(rocks_->Get({}, view, "key", &value).ok());
  EXPECT_EQ(value, "value");
  ASSERT_TRUE(rocks_->DestroyColumnFamilyHandle(view).ok());
}

TEST_F(RocksLogTest, RowsWithoutEntriesLeaveTheTail) {
  ASSERT_TRUE(append(0, {"a"}));
  ASSERT_TRUE(append(1, {}));
  EXPECT_EQ(log_->tail().value, 1U);
}

TEST_F(RocksLogTest, ItIsReadFromAnyPosition) {
  std::vector<std::string> entries;
  for (int i = 1; i <= 600; ++i) entries.push_back("e" + std::to_string(i));
  ASSERT_TRUE(append(0, entries));
  EXPECT_EQ(read(598), "599:e599 600:e600 ");
  EXPECT_EQ(read(600), "");
  EXPECT_EQ(read(1'000'000), "");
  auto cursor = log_->read({255});
  ASSERT_TRUE(cursor->next());
  EXPECT_EQ(cursor->position().value, 256U) << "positions sort as numbers do";
  std::string bytes;
  ASSERT_TRUE(log_->read_one({257}, bytes));
  EXPECT_EQ(bytes, "e257");
  EXPECT_FALSE(log_->read_one({0}, bytes));
  EXPECT_FALSE(log_->read_one({601}, bytes));
}

TEST_F(RocksLogTest, ACursorReadsTheLogAsItWasWhenItWasMade) {
  ASSERT_TRUE(append(0, {"a"}));
  auto cursor = log_->read({});
  ASSERT_TRUE(append(1, {"b"}));
  ASSERT_TRUE(cursor->next());
  EXPECT_EQ(cursor->bytes(), "a");
  EXPECT_FALSE(cursor->next());
}

TEST_F(RocksLogTest, ReopeningFindsTheTail) {
  ASSERT_TRUE(append(0, {"a", "b", "c"}));
  open();
  EXPECT_EQ(log_->tail().value, 3U);
  ASSERT_TRUE(append(3, {"d"}));
  open();
  EXPECT_EQ(read(2), "3:c 4:d ");
}

TEST_F(RocksLogTest, EntriesMayBeBigAndOfAnyBytes) {
  std::string big(8 << 20, 'x'), odd("\0\xFF\n", 3);
  ASSERT_TRUE(append(0, {big, odd, ""}));
  open();
  std::string bytes;
  ASSERT_TRUE(log_->read_one({1}, bytes));
  EXPECT_TRUE(bytes == big);
  ASSERT_TRUE(log_->read_one({2}, bytes));
  EXPECT_EQ(bytes, odd);
  ASSERT_TRUE(log_->read_one({3}, bytes));
  EXPECT_EQ(bytes, "");
}

TEST_F(RocksLogTest, ReadersSeeAWholePrefixWhileItGrows) {
  constexpr std::uint64_t kEntries = 600;
  std::atomic<bool> done = false;
  std::jthread reader([&] {
    while (!done) {
      auto known = log_->tail().value;
      std::uint64_t count = 0;
      for (auto cursor = log_->read({}); cursor->next();) {
        ASSERT_EQ(cursor->position().value, ++count);
        ASSERT_EQ(cursor->bytes(), std::to_string(count));
      }
      ASSERT_GE(count, known) << "what the tail says can be read";
      ASSERT_EQ(count % 3, 0U) << "entries appended together are seen together";
    }
  });
  for (std::uint64_t tail = 0; tail < kEntries; tail += 3) {
    ASSERT_TRUE(append(tail, {std::to_string(tail + 1), std::to_string(tail + 2), std::to_string(tail + 3)}));
  }
  done = true;
}

TEST_F(RocksLogTest, AKeyThatIsNoPositionIsAnError) {
  ASSERT_TRUE(rocks_->Put({}, "not a position", "x").ok());
  EXPECT_THROW(open(), std::runtime_error);
}

}  // namespace
}  // namespace byline::test
