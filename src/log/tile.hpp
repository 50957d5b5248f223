#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "log/merkle.hpp"

namespace byline {

inline constexpr unsigned kTileHeight = 8;
inline constexpr unsigned kTileWidth = 1U << kTileHeight;

/// A piece of a Merkle tree (C2SP tlog-tiles): `width` hashes that stand side by side, each of 256^level
/// leaves. The first is the one of number index · 256. Narrower than 256 only at the right edge of a tree.
struct Tile {
  unsigned level = 0;
  std::uint64_t index = 0;
  unsigned width = kTileWidth;
  friend bool operator==(const Tile&, const Tile&) = default;
};

/// `<L>/<N>[.p/<W>]`, with N in groups of three digits: `0/x001/x234/067.p/8`.
std::string path_of(const Tile& tile);
/// The other way; nullopt for what is not written exactly so.
std::optional<Tile> parse_tile_path(std::string_view path);
/// `<N>[.p/<W>]`, as the bundles of entries have it; the level is 0.
std::optional<Tile> parse_bundle_path(std::string_view path);

/// How many hashes the last tile of a level has in a tree of that size, where it is partial; else 0.
unsigned partial_width(std::uint64_t size, unsigned level);

/// The hash number `at` of a tile's bytes.
TreeHash hash_in(std::string_view tile, std::size_t at);
/// The hash of a whole tile of 256, or of a part of it: `count` hashes from `first` on, a power of two.
TreeHash hash_of_tile(std::string_view tile, std::size_t first = 0, std::size_t count = kTileWidth);

/// Subtrees by the tiles that they are in. Tiles that were read are kept. Not thread-safe.
class TiledTree final : public Subtrees {
 public:
  /// Gives at least the first `width` hashes of a tile.
  using ReadTile = std::function<std::string(const Tile&)>;
  /// A tree of `size` leaves.
  TiledTree(std::uint64_t size, ReadTile read) : size_(size), read_(std::move(read)) {}
  TreeHash subtree(unsigned height, std::uint64_t index) const override;

 private:
  const std::uint64_t size_;
  const ReadTile read_;
  mutable std::map<std::pair<unsigned, std::uint64_t>, std::string> tiles_;
};

}  // namespace byline
