#include "log/tree_edge.hpp"

namespace byline {

void TreeEdge::add(std::string_view entry, const Store& store) {
  ++size_;
  push(0, leaf_hash(entry), store);
}

void TreeEdge::push(unsigned level, const TreeHash& hash, const Store& store) {
  if (partial_.size() <= level) partial_.resize(level + 1);
  auto& bytes = partial_[level];
  bytes.append(reinterpret_cast<const char*>(hash.data()), hash.size());
  auto width = static_cast<unsigned>(bytes.size() / hash.size());
  bool full = width == kTileWidth;
  if (full || level > 0) store({level, ((size_ >> (level * kTileHeight)) - 1) / kTileWidth, width}, bytes);
  if (!full) return;
  auto whole = hash_of_tile(bytes);
  bytes.clear();
  push(level + 1, whole, store);
}

TreeEdge TreeEdge::restore(std::uint64_t size, std::vector<std::string> partial) {
  TreeEdge edge;
  edge.size_ = size;
  edge.partial_ = std::move(partial);
  return edge;
}

}  // namespace byline
