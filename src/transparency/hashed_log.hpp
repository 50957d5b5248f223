#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "log/event_log.hpp"
#include "log/tile.hpp"

namespace byline::transparency {

/// The tree over a log's entries, hashed anew from their bytes on all processors; what is stored of the tree
/// is not looked at. Not thread-safe. Throws std::runtime_error where the log cannot be read.
class HashedLog final : public Subtrees {
 public:
  /// Gets the leaves of one tile; an entry that is missing has a hash of zeros. From several threads at once.
  using Look = std::function<void(std::uint64_t tile, std::span<const TreeHash> leaves)>;
  /// Called now and then, from this thread.
  using Progress = std::function<void(std::uint64_t done, std::uint64_t all)>;

  /// The entries up to `end`. `log` must outlive it.
  HashedLog(const EventLog& log, Position end, const Look& look, const Progress& progress);

  /// `end`.
  std::uint64_t size() const { return size_; }
  /// Positions without an entry, in order; the first hundred thousand.
  const std::vector<std::uint64_t>& missing() const { return missing_; }

  TreeHash subtree(unsigned height, std::uint64_t index) const override;

 private:
  const EventLog& log_;
  std::uint64_t size_;
  std::vector<TreeHash> full_tiles_;
  std::vector<std::uint64_t> missing_;
  mutable std::uint64_t kept_tile_ = UINT64_MAX;  ///< the one that was asked for leaf by leaf
  mutable std::vector<TreeHash> kept_leaves_;
};

}  // namespace byline::transparency
