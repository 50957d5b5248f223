#include "log/tile.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <stdexcept>
#include <vector>

namespace byline {
namespace {

constexpr unsigned kHighestLevel = 63;

/// A number in decimal digits without a zero in front, up to `most`.
std::optional<std::uint64_t> read_number(std::string_view text, std::uint64_t most) {
  std::uint64_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  bool plain =
      error == std::errc() && end == text.data() + text.size() && (text.size() == 1 || text.front() != '0');
  if (text.empty() || !plain || number > most) return std::nullopt;
  return number;
}

/// `x001/x234/067`. No group in front is zero.
std::optional<std::uint64_t> read_index(std::string_view text) {
  constexpr std::size_t kMostGroups = 6;  // 10^18 tiles
  std::uint64_t index = 0;
  for (std::size_t groups = 1;; ++groups) {
    bool more = text.starts_with('x');
    auto group = text.substr(more ? 1 : 0, 3);
    bool digits =
        group.size() == 3 && std::ranges::all_of(group, [](char c) { return c >= '0' && c <= '9'; });
    if (!digits || groups > kMostGroups || (groups == 1 && more && group == "000")) return std::nullopt;
    for (char c : group) index = index * 10 + static_cast<unsigned>(c - '0');
    text.remove_prefix(more ? 4 : 3);
    if (!more) return text.empty() ? std::optional(index) : std::nullopt;
    if (!text.starts_with('/')) return std::nullopt;
    text.remove_prefix(1);
  }
}

}  // namespace

std::string path_of(const Tile& tile) {
  auto three_digits = [](std::uint64_t number) { return std::to_string(1000 + number % 1000).substr(1); };
  auto path = three_digits(tile.index);
  for (auto rest = tile.index / 1000; rest > 0; rest /= 1000) path.insert(0, "x" + three_digits(rest) + "/");
  path.insert(0, std::to_string(tile.level) + "/");
  if (tile.width < kTileWidth) path += ".p/" + std::to_string(tile.width);
  return path;
}

std::optional<Tile> parse_tile_path(std::string_view path) {
  auto slash = path.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  auto level = read_number(path.substr(0, slash), kHighestLevel);
  auto tile = parse_bundle_path(path.substr(slash + 1));
  if (!level || !tile) return std::nullopt;
  tile->level = static_cast<unsigned>(*level);
  return tile;
}

std::optional<Tile> parse_bundle_path(std::string_view path) {
  constexpr std::string_view kPartial = ".p/";
  Tile tile;
  if (auto at = path.find(kPartial); at != std::string_view::npos) {
    auto width = read_number(path.substr(at + kPartial.size()), kTileWidth - 1);
    if (!width || *width == 0) return std::nullopt;
    tile.width = static_cast<unsigned>(*width);
    path = path.substr(0, at);
  }
  auto index = read_index(path);
  if (!index) return std::nullopt;
  tile.index = *index;
  return tile;
}

unsigned partial_width(std::uint64_t size, unsigned level) {
  return level * kTileHeight < 64 ? static_cast<unsigned>((size >> (level * kTileHeight)) % kTileWidth) : 0;
}

TreeHash hash_in(std::string_view tile, std::size_t at) {
  TreeHash hash;
  if (tile.size() < (at + 1) * hash.size()) throw std::runtime_error("a tile of the tree is too short");
  std::memcpy(hash.data(), tile.data() + at * hash.size(), hash.size());
  return hash;
}

TreeHash hash_of_tile(std::string_view tile, std::size_t first, std::size_t count) {
  std::vector<TreeHash> hashes(count);
  for (std::size_t i = 0; i < count; ++i) hashes[i] = hash_in(tile, first + i);
  for (; count > 1; count /= 2) {
    for (std::size_t i = 0; i < count / 2; ++i) hashes[i] = node_hash(hashes[2 * i], hashes[2 * i + 1]);
  }
  return hashes.front();
}

TreeHash TiledTree::subtree(unsigned height, std::uint64_t index) const {
  Tile tile;
  tile.level = height / kTileHeight;
  std::uint64_t count = 1ULL << (height % kTileHeight);
  auto first = index * count;  // among the hashes of the tile's level
  tile.index = first / kTileWidth;
  bool is_partial = tile.index == (size_ >> (tile.level * kTileHeight)) / kTileWidth;
  if (is_partial) tile.width = partial_width(size_, tile.level);
  auto [found, fresh] = tiles_.try_emplace({tile.level, tile.index});
  if (fresh) found->second = read_(tile);
  return hash_of_tile(found->second, first % kTileWidth, count);
}

}  // namespace byline
