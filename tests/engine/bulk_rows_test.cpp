#include "engine/bulk_rows.hpp"

#include <gtest/gtest.h>

#include "engine/temporary_directory.hpp"
#include "projections/row.hpp"

namespace byline {
namespace {

struct Counted {
  std::uint64_t count = 0;

  static void fields(auto& self, auto&& field) { field("count", self.count); }
};
void count(Counted& row) { ++row.count; }

class BulkRowsTest : public testing::Test {
 protected:
  BulkRowsTest() {
    rocksdb::Options options;
    options.create_if_missing = true;
    rocksdb::DB* opened = nullptr;
    auto status = rocksdb::DB::Open(options, directory_.path() / "db", &opened);
    if (!status.ok()) throw std::runtime_error(status.ToString());
    rocks_.reset(opened);
    family_ = {rocks_->DefaultColumnFamily(), [](rocksdb::ColumnFamilyHandle*) {}};
  }

  BulkRows rows(std::size_t lanes = 1) { return {*rocks_, family_, lanes, directory_.path() / "scratch"}; }
  void hand_over(BulkRows& rows) {
    for (auto table = rows.gather().size(); table-- > 0;) rows.sort(table);
    for (auto file = rows.cut(); file-- > 0;) rows.write_file(file);
    auto status = rocks_->IngestExternalFiles({rows.written_files()});
    ASSERT_TRUE(status.ok()) << status.ToString();
    rows.handed_over();
  }
  std::optional<std::string> stored(const std::string& key) {
    std::string value;
    return rocks_->Get({}, key, &value).ok() ? std::optional(value) : std::nullopt;
  }
  std::uint64_t stored_count(const std::string& key) {
    auto bytes = stored(key);
    return bytes ? parse_row<Counted>(*bytes).count : 0;
  }

  TemporaryDirectory directory_;
  std::unique_ptr<rocksdb::DB> rocks_;
  Family family_;
};

TEST_F(BulkRowsTest, ARowThatWasLeftOpenIsHandedOverAsItWasLeft) {
  auto bulk = rows();
  auto& lane = bulk.lane(0);
  lane.put("Ra", write_row(Counted{}));
  lane.put("Rb", write_row(Counted{}));
  for (int i = 0; i < 3; ++i) update_row<Counted>(lane, "Ra", count);
  update_row<Counted>(lane, "Rb", count);
  for (int i = 0; i < 2; ++i) update_row<Counted>(lane, "Ra", count);
  bulk.folded({1});
  hand_over(bulk);
  EXPECT_EQ(stored_count("Ra"), 5);
  EXPECT_EQ(stored_count("Rb"), 1);
}

TEST_F(BulkRowsTest, WhateverElseIsDoneWithARowSeesItAsItWasLeft) {
  auto bulk = rows();
  auto& lane = bulk.lane(0);
  lane.put("Ra", write_row(Counted{}));
  update_row<Counted>(lane, "Ra", count);
  EXPECT_EQ(parse_row<Counted>(lane.get("Ra").value()).count, 1);
  update_row<Counted>(lane, "Ra", count);
  lane.put("Ra", write_row(Counted{7}));
  update_row<Counted>(lane, "Ra", count);
  EXPECT_EQ(parse_row<Counted>(lane.get("Ra").value()).count, 8);
  update_row<Counted>(lane, "Ra", count);
  lane.erase("Ra");
  EXPECT_FALSE(lane.get("Ra"));
  EXPECT_THROW(update_row<Counted>(lane, "Ra", count), std::runtime_error);
  bulk.folded({1});
  hand_over(bulk);
  EXPECT_FALSE(stored("Ra"));
}

TEST_F(BulkRowsTest, ARowIsChangedTogetherWithItsIndex) {
  auto bulk = rows();
  auto& lane = bulk.lane(0);
  for (const auto* row : {"Ra", "Rb"}) lane.put(row, write_row(Counted{}));
  lane.put("L0a", {});
  lane.put("L0b", {});
  for (std::string round : {"1", "2", "3"}) {
    for (std::string row : {"a", "b"}) {
      update_row<Counted>(lane, "R" + row, [&](Counted& counted) {
        lane.erase("L" + std::to_string(counted.count) + row);
        ++counted.count;
        lane.put("L" + round + row, round);
      });
    }
  }
  bulk.folded({1});
  hand_over(bulk);
  for (std::string row : {"a", "b"}) {
    EXPECT_EQ(stored_count("R" + row), 3);
    EXPECT_EQ(stored("L3" + row), "3");
    for (std::string round : {"0", "1", "2"}) EXPECT_FALSE(stored("L" + round + row));
  }
}

TEST_F(BulkRowsTest, RowsThatWereHandedOverAreReadBackAndGoneOnWith) {
  auto bulk = rows();
  auto& lane = bulk.lane(0);
  lane.put("Ra", write_row(Counted{1}));
  lane.put("Rb", write_row(Counted{1}));
  bulk.folded({1});
  hand_over(bulk);
  update_row<Counted>(lane, "Ra", count);
  lane.erase("Rb");
  bulk.folded({2});
  hand_over(bulk);
  EXPECT_EQ(stored_count("Ra"), 2);
  EXPECT_FALSE(stored("Rb"));
  EXPECT_EQ(BulkRows::progress_in(*rocks_, *family_), Position{2});
}

TEST_F(BulkRowsTest, OnlyRowsThatMayBeAskedForAgainAreReadBack) {
  auto bulk = rows(2);
  bulk.lane(0).add("Sa", "1");
  bulk.lane(1).add("Sb", "1");
  EXPECT_FALSE(bulk.is_read_back());
  bulk.lane(1).put("Ra", write_row(Counted{}));
  EXPECT_TRUE(bulk.is_read_back());
  bulk.folded({1});
  hand_over(bulk);
  EXPECT_FALSE(bulk.is_read_back());
  EXPECT_EQ(stored("Sa"), "1");
  update_row<Counted>(bulk.lane(1), "Ra", count);
  EXPECT_TRUE(bulk.is_read_back());
}

}  // namespace
}  // namespace byline
