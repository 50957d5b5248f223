#include "log/rocks_tree.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace byline {
namespace {

constexpr std::size_t kTileKeyBytes = 9;
using TileKey = std::array<char, kTileKeyBytes>;

TileKey key_of(unsigned level, std::uint64_t index) {
  TileKey key;
  key[0] = static_cast<char>(level);
  for (std::size_t i = 0; i < 8; ++i) key[1 + i] = static_cast<char>(index >> (56 - 8 * i) & 0xFF);
  return key;
}

std::uint64_t index_in(const rocksdb::Slice& key) {
  std::uint64_t index = 0;
  for (std::size_t i = 1; i < kTileKeyBytes; ++i) index = index << 8 | static_cast<unsigned char>(key[i]);
  return index;
}

rocksdb::Slice slice(const TileKey& key) { return {key.data(), key.size()}; }

[[noreturn]] void fail(const rocksdb::Status& status) {
  throw std::runtime_error("the tree cannot be read or written: " + status.ToString());
}

}  // namespace

TreeEdge::Store RocksTree::into(rocksdb::WriteBatch& batch) const {
  return [this, &batch](const Tile& tile, std::string_view bytes) {
    batch.Put(&family_, slice(key_of(tile.level, tile.index)), rocksdb::Slice(bytes.data(), bytes.size()));
  };
}

std::string RocksTree::stored(const Tile& tile) const {
  std::string bytes;
  auto status = database_.Get({}, &family_, slice(key_of(tile.level, tile.index)), &bytes);
  if (!status.ok() && !status.IsNotFound()) fail(status);
  return bytes;
}

std::string RocksTree::read(const Tile& tile) const {
  // A tile of leaves is stored when it is full. What else lies there is not believed.
  bool is_full = tile.level > 0 || (tile.index + 1) * kTileWidth <= log_.tail().value;
  auto bytes = is_full ? stored(tile) : std::string();
  if (!bytes.empty() || tile.level > 0) return bytes;
  auto cursor = log_.read({tile.index * kTileWidth});
  for (unsigned i = 0; i < tile.width && cursor->next(); ++i) {
    auto hash = leaf_hash(cursor->bytes());
    bytes.append(reinterpret_cast<const char*>(hash.data()), hash.size());
  }
  return bytes;
}

TiledTree RocksTree::at(std::uint64_t size) const {
  return TiledTree(size, [this](const Tile& tile) { return read(tile); });
}

std::uint64_t RocksTree::stored_leaves() const {
  std::unique_ptr<rocksdb::Iterator> last(database_.NewIterator({}, &family_));
  last->SeekForPrev(slice(key_of(0, UINT64_MAX)));
  if (!last->status().ok()) fail(last->status());
  return last->Valid() ? (index_in(last->key()) + 1) * kTileWidth : 0;
}

/// The edge of the tree over the first `size` leaves, a multiple of 256, from what is stored; nullopt where
/// that is damaged.
std::optional<TreeEdge> RocksTree::stored_edge(std::uint64_t size) const {
  std::vector<std::string> partial;
  for (unsigned level = 0; size >> (level * kTileHeight) > 0; ++level) {
    auto bytes = partial_width(size, level) * sizeof(TreeHash);
    auto& tile = partial.emplace_back();
    if (bytes > 0) tile = stored({level, (size >> (level * kTileHeight)) / kTileWidth});
    if (tile.size() < bytes) return std::nullopt;
    tile.resize(bytes);
  }
  return TreeEdge::restore(size, std::move(partial));
}

RocksTree::CaughtUp RocksTree::catch_up() {
  constexpr unsigned kEntriesAWrite = 64 * kTileWidth;
  auto tail = log_.tail().value;
  // What is under full tiles of leaves has all its tiles: they were written together.
  auto edge = stored_edge(std::min(stored_leaves(), tail / kTileWidth * kTileWidth)).value_or(TreeEdge());
  auto begin = edge.size();
  rocksdb::WriteBatch batch;
  auto store = into(batch);
  auto write = [&] {
    if (auto status = database_.Write({}, &batch); !status.ok()) fail(status);
    batch.Clear();
  };
  for (auto cursor = log_.read({begin}); cursor->next();) {
    edge.add(cursor->bytes(), store);
    if (edge.size() % kEntriesAWrite == 0) write();
  }
  if (batch.Count() > 0) write();
  if (edge.size() != tail) throw std::runtime_error("the log has a gap");
  return {std::move(edge), tail - begin};
}

}  // namespace byline
