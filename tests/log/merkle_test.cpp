#include "log/merkle.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace byline::test {
namespace {

using namespace std::string_literals;

std::string hex(const TreeHash& hash) {
  std::string text;
  for (auto byte : hash) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

/// The tree by its definition (RFC 9162 §2.1.1), of leaves in memory.
class PlainTree final : public Subtrees {
 public:
  explicit PlainTree(std::vector<TreeHash> leaves) : leaves_(std::move(leaves)) {}
  TreeHash subtree(unsigned height, std::uint64_t index) const override {
    if (height == 0) return leaves_.at(index);
    return node_hash(subtree(height - 1, 2 * index), subtree(height - 1, 2 * index + 1));
  }

 private:
  std::vector<TreeHash> leaves_;
};

PlainTree numbered_tree(std::uint64_t size) {
  std::vector<TreeHash> leaves;
  for (std::uint64_t i = 0; i < size; ++i) leaves.push_back(leaf_hash(std::to_string(i)));
  return PlainTree(std::move(leaves));
}

/// The leaves and roots that tests of Certificate Transparency have used since RFC 6962 was written.
const std::vector<std::string> kEntries = {
    "",
    "\x00"s,
    "\x10"s,
    "\x20\x21"s,
    "\x30\x31"s,
    "\x40\x41\x42\x43"s,
    "\x50\x51\x52\x53\x54\x55\x56\x57"s,
    "\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f"s};
constexpr const char* kRoots[] = {"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                                  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                                  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                                  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                                  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                                  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                                  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                                  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                                  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

PlainTree published_tree() {
  std::vector<TreeHash> leaves;
  for (const auto& entry : kEntries) leaves.push_back(leaf_hash(entry));
  return PlainTree(std::move(leaves));
}

std::vector<std::string> hex(const std::vector<TreeHash>& proof) {
  std::vector<std::string> texts;
  for (const auto& hash : proof) texts.push_back(hex(hash));
  return texts;
}

TEST(Merkle, HasThePublishedRoots) {
  auto tree = published_tree();
  for (std::uint64_t size = 0; size <= kEntries.size(); ++size)
    EXPECT_EQ(hex(root_of(tree, size)), kRoots[size]);
}

TEST(Merkle, GrowsToThePublishedRootsLeafByLeaf) {
  TreeRoot tree;
  EXPECT_EQ(hex(tree.root()), kRoots[0]);
  for (std::size_t i = 0; i < kEntries.size(); ++i) {
    tree.add(leaf_hash(kEntries[i]));
    EXPECT_EQ(hex(tree.root()), kRoots[i + 1]);
  }
}

TEST(Merkle, GivesThePublishedProofs) {
  auto tree = published_tree();
  EXPECT_EQ(hex(inclusion_proof(tree, 0, 1)), std::vector<std::string>());
  EXPECT_EQ(hex(inclusion_proof(tree, 0, 8)),
            (std::vector<std::string>{"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                                      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                                      "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"}));
  EXPECT_EQ(hex(consistency_proof(tree, 1, 8)), hex(inclusion_proof(tree, 0, 8)));
  EXPECT_EQ(hex(consistency_proof(tree, 6, 8)),
            (std::vector<std::string>{"0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                                      "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                                      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}));
}

TEST(Merkle, EveryInclusionProofHoldsForItsLeafAndForNoOther) {
  constexpr std::uint64_t kMost = 70;
  auto tree = numbered_tree(kMost);
  for (std::uint64_t size = 1; size <= kMost; ++size) {
    auto root = root_of(tree, size);
    for (std::uint64_t index = 0; index < size; ++index) {
      auto proof = inclusion_proof(tree, index, size);
      auto leaf = leaf_hash(std::to_string(index));
      EXPECT_EQ(root_by_inclusion(index, size, leaf, proof), root);
      EXPECT_NE(root_by_inclusion(index, size, leaf_hash("another"), proof), root);
      if (size > 1) {
        EXPECT_NE(root_by_inclusion((index + 1) % size, size, leaf, proof), root);
        auto changed = proof;
        changed.back()[5] ^= 1;
        EXPECT_NE(root_by_inclusion(index, size, leaf, changed), root);
        proof.pop_back();
        EXPECT_NE(root_by_inclusion(index, size, leaf, proof), root);
      }
      proof = inclusion_proof(tree, index, size);
      proof.push_back(leaf);
      EXPECT_EQ(root_by_inclusion(index, size, leaf, proof), std::nullopt) << "one hash too many";
    }
    EXPECT_EQ(root_by_inclusion(size, size, leaf_hash("0"), {}), std::nullopt);
  }
}

TEST(Merkle, EveryConsistencyProofHoldsForItsTreesAndForNoOthers) {
  constexpr std::uint64_t kMost = 70;
  auto tree = numbered_tree(kMost);
  auto other = leaf_hash("another");
  for (std::uint64_t size = 0; size <= kMost; ++size) {
    auto root = root_of(tree, size);
    for (std::uint64_t old_size = 0; old_size <= size; ++old_size) {
      auto old_root = root_of(tree, old_size);
      auto proof = consistency_proof(tree, old_size, size);
      EXPECT_TRUE(is_consistent(old_size, old_root, size, root, proof)) << old_size << " in " << size;
      EXPECT_FALSE(is_consistent(old_size, other, size, root, proof));
      if (old_size > 0) {
        EXPECT_FALSE(is_consistent(old_size, old_root, size, other, proof));
      }
      EXPECT_FALSE(is_consistent(size + 1, old_root, size, root, proof));
      auto longer = proof;
      longer.push_back(other);
      EXPECT_FALSE(is_consistent(old_size, old_root, size, root, longer));
      if (proof.empty()) continue;
      for (auto& hash : proof) {
        hash[31] ^= 1;
        EXPECT_FALSE(is_consistent(old_size, old_root, size, root, proof));
        hash[31] ^= 1;
      }
      proof.pop_back();
      EXPECT_FALSE(is_consistent(old_size, old_root, size, root, proof));
    }
  }
}

}  // namespace
}  // namespace byline::test
