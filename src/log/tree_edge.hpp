#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "log/tile.hpp"

namespace byline {

/// The right edge of a log's tree: the tiles that are not full yet, one a level. It is what the writer needs
/// to let the tree grow; entries are hashed as they are added.
class TreeEdge {
 public:
  /// Takes a tile that is to be stored: a full one, or one of a level above the leaves that has grown. Tiles
  /// of leaves are given only when they are full: until then the log itself has what is in them.
  using Store = std::function<void(const Tile& tile, std::string_view bytes)>;

  std::uint64_t size() const { return size_; }
  void add(std::string_view entry, const Store& store);

  /// For who begins where another one ended: the hashes of the levels' last tiles, as far as these are
  /// partial.
  static TreeEdge restore(std::uint64_t size, std::vector<std::string> partial);

 private:
  void push(unsigned level, const TreeHash& hash, const Store& store);

  std::uint64_t size_ = 0;
  std::vector<std::string> partial_;  ///< by level
};

}  // namespace byline
