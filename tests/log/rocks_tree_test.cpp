#include "log/rocks_tree.hpp"

#include <gtest/gtest.h>

#include "log/rocks_log.hpp"
#include "support/temp_directory.hpp"

namespace byline::test {
namespace {

std::string entry(std::uint64_t position) { return "entry " + std::to_string(position); }

TreeHash root_of_first(std::uint64_t size) {
  TreeRoot tree;
  for (std::uint64_t position = 1; position <= size; ++position) tree.add(leaf_hash(entry(position)));
  return tree.root();
}

/// A log with its tree, appended to as the writer does.
class RocksTreeTest : public ::testing::Test {
 protected:
  RocksTreeTest() {
    rocksdb::Options options;
    options.create_if_missing = options.create_missing_column_families = true;
    rocksdb::DB* raw = nullptr;
    auto status =
        rocksdb::DB::Open(options, directory_ / "db", {{"default", {}}, {"tree", {}}}, &families_, &raw);
    if (!status.ok()) throw std::runtime_error(status.ToString());
    rocks_.reset(raw);
    log_ = std::make_unique<RocksLog>(*rocks_, *families_[0]);
    tree_ = std::make_unique<RocksTree>(*rocks_, *families_[1], *log_);
  }
  ~RocksTreeTest() override {
    for (auto* family : families_) rocks_->DestroyColumnFamilyHandle(family);
  }

  /// Up to that position, so many in one batch.
  void append_up_to(std::uint64_t end, std::uint64_t batch) {
    while (log_->tail().value < end) {
      rocksdb::WriteBatch writes;
      auto tail = log_->tail();
      std::vector<std::string> entries;
      while (entries.size() < batch && tail.value + entries.size() < end) {
        entries.push_back(entry(tail.value + entries.size() + 1));
        if (keeps_tree_) edge_.add(entries.back(), tree_->into(writes));
      }
      ASSERT_TRUE(log_->append(tail, entries, {}, writes));
    }
  }
  std::map<std::string, std::string> rows() const {
    std::map<std::string, std::string> all;
    std::unique_ptr<rocksdb::Iterator> at(rocks_->NewIterator({}, families_[1]));
    for (at->SeekToFirst(); at->Valid(); at->Next())
      all.emplace(at->key().ToString(), at->value().ToString());
    return all;
  }

  TempDirectory directory_;
  std::vector<rocksdb::ColumnFamilyHandle*> families_;
  std::unique_ptr<rocksdb::DB> rocks_;
  std::unique_ptr<RocksLog> log_;
  std::unique_ptr<RocksTree> tree_;
  TreeEdge edge_;
  bool keeps_tree_ = true;
};

TEST_F(RocksTreeTest, KnowsTheRootOfEveryLengthThatTheLogHad) {
  append_up_to(700, 3);
  for (std::uint64_t size = 0; size <= 700; ++size)
    EXPECT_EQ(root_of(tree_->at(size), size), root_of_first(size)) << size;
}

TEST_F(RocksTreeTest, ProvesAcrossThreeLevelsOfTiles) {
  constexpr std::uint64_t kSize = 70'000;
  append_up_to(kSize, 1000);
  auto tree = tree_->at(kSize);
  auto root = root_of(tree, kSize);
  EXPECT_EQ(root, root_of_first(kSize));
  for (std::uint64_t index : {0UL, 255UL, 256UL, 65'535UL, 65'536UL, 69'888UL, kSize - 1}) {
    EXPECT_EQ(
        root_by_inclusion(index, kSize, leaf_hash(entry(index + 1)), inclusion_proof(tree, index, kSize)),
        root);
  }
  for (std::uint64_t old_size : {1ULL, 256ULL, 65'536ULL, 69'999ULL}) {
    EXPECT_TRUE(is_consistent(old_size, root_of_first(old_size), kSize, root,
                              consistency_proof(tree, old_size, kSize)));
  }
}

TEST_F(RocksTreeTest, GoesOnWhereItStoppedWhateverTheLength) {
  for (std::uint64_t size : {1ULL, 255ULL, 256ULL, 257ULL, 512ULL, 700ULL, 65'536ULL, 65'537ULL}) {
    append_up_to(size, 100);
    edge_ = tree_->catch_up().edge;
    EXPECT_EQ(edge_.size(), size);
  }
  append_up_to(66'000, 7);
  EXPECT_EQ(root_of(tree_->at(66'000), 66'000), root_of_first(66'000));
}

TEST_F(RocksTreeTest, IsMadeForALogThatWasWrittenWithoutOne) {
  append_up_to(66'000, 1000);
  auto kept_along = rows();
  for (const auto& [key, value] : kept_along) rocks_->Delete({}, families_[1], key);
  EXPECT_EQ(tree_->catch_up().hashed, 66'000U);
  EXPECT_EQ(rows(), kept_along);
}

TEST_F(RocksTreeTest, CatchesUpWithWhatWasAppendedWithoutIt) {
  append_up_to(1000, 10);
  keeps_tree_ = false;
  append_up_to(67'000, 1000);
  edge_ = tree_->catch_up().edge;
  EXPECT_EQ(root_of(tree_->at(67'000), 67'000), root_of_first(67'000));
}

TEST_F(RocksTreeTest, IsMadeAnewWhereATileThatItGrowsFromIsDamaged) {
  append_up_to(600, 10);
  auto whole = rows();
  auto above_leaves = *whole.rbegin();
  ASSERT_TRUE(rocks_->Put({}, families_[1], above_leaves.first, above_leaves.second.substr(0, 40)).ok());
  EXPECT_EQ(tree_->catch_up().hashed, 600U);
  EXPECT_EQ(rows(), whole);
}

}  // namespace
}  // namespace byline::test
