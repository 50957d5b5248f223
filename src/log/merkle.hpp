#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace byline {

// The Merkle tree over a log's entries (RFC 9162 §2.1; the tree of RFC 6962), with SHA-256. Leaf i is the
// entry at position i + 1.

using TreeHash = std::array<std::uint8_t, 32>;

/// Of an entry's bytes, as a leaf.
TreeHash leaf_hash(std::string_view entry);
/// Of two subtrees that stand side by side.
TreeHash node_hash(const TreeHash& left, const TreeHash& right);

/// Where the hashes of complete subtrees come from.
class Subtrees {
 public:
  virtual ~Subtrees() = default;
  /// Of the 2^height leaves from leaf index · 2^height on. Throws std::runtime_error where it cannot be read.
  virtual TreeHash subtree(unsigned height, std::uint64_t index) const = 0;
};

/// Of the tree over the first `size` leaves.
TreeHash root_of(const Subtrees& subtrees, std::uint64_t size);

/// What leads from leaf `index` to the root of the tree over `size` leaves (§2.1.3). Needs index < size.
std::vector<TreeHash> inclusion_proof(const Subtrees& subtrees, std::uint64_t index, std::uint64_t size);
/// The root to which a proof leads; nullopt where its length does not fit (§2.1.3.2).
std::optional<TreeHash> root_by_inclusion(std::uint64_t index, std::uint64_t size, const TreeHash& leaf,
                                          std::span<const TreeHash> proof);

/// That the tree over `size` leaves begins with the one over `old_size` (§2.1.4). Needs old_size <= size;
/// empty where either is 0 or both are the same.
std::vector<TreeHash> consistency_proof(const Subtrees& subtrees, std::uint64_t old_size, std::uint64_t size);
/// Whether a proof shows that (§2.1.4.2). Every tree begins with the one of no leaves.
bool is_consistent(std::uint64_t old_size, const TreeHash& old_root, std::uint64_t size, const TreeHash& root,
                   std::span<const TreeHash> proof);

/// Grows leaf by leaf and knows its root; remembers one hash for each power of two.
class TreeRoot {
 public:
  void add(const TreeHash& leaf);
  std::uint64_t size() const { return size_; }
  TreeHash root() const;

 private:
  std::uint64_t size_ = 0;
  std::vector<TreeHash> complete_;  ///< of the complete subtrees of which the tree is made, the largest first
};

}  // namespace byline
