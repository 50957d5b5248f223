#include "transparency/hashed_log.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>

namespace byline::transparency {
namespace {

constexpr std::uint64_t kTilesAtOnce = 64;  ///< that one thread takes
constexpr std::size_t kMaxMissing = 100'000;

std::string_view bytes_of(const std::vector<TreeHash>& leaves) {
  return {reinterpret_cast<const char*>(leaves.data()), leaves.size() * sizeof(TreeHash)};
}

/// The entries [begin, end) of a log, by their indexes, whether or not they are there.
class Leaves {
 public:
  Leaves(const EventLog& log, std::uint64_t begin) : cursor_(log.read({begin})), next_(begin) { step(); }

  TreeHash next(std::vector<std::uint64_t>& missing) {
    auto index = next_++;
    if (!there_ || cursor_->position().value != index + 1) {
      if (missing.size() < kMaxMissing) missing.push_back(index + 1);
      return {};
    }
    auto hash = leaf_hash(cursor_->bytes());
    step();
    return hash;
  }

 private:
  void step() { there_ = cursor_->next(); }

  std::unique_ptr<LogCursor> cursor_;
  std::uint64_t next_;
  bool there_ = false;
};

}  // namespace

HashedLog::HashedLog(const EventLog& log, Position end, const Look& look, const Progress& progress)
    : log_(log), size_(end.value), full_tiles_(size_ / kTileWidth) {
  std::atomic<std::uint64_t> next_tile = 0;
  std::mutex mutex;
  std::exception_ptr failure;
  auto tiles = (size_ + kTileWidth - 1) / kTileWidth;
  auto work = [&](const Progress& tell) {
    try {
      std::vector<std::uint64_t> missing;
      std::vector<TreeHash> leaves;
      for (;;) {
        auto first = next_tile.fetch_add(kTilesAtOnce);
        if (first >= tiles) break;
        if (tell) tell(first * kTileWidth, size_);
        Leaves entries(log_, first * kTileWidth);
        for (auto tile = first; tile < std::min(first + kTilesAtOnce, tiles); ++tile) {
          leaves.resize(std::min<std::uint64_t>(kTileWidth, size_ - tile * kTileWidth));
          for (auto& leaf : leaves) leaf = entries.next(missing);
          look(tile, leaves);
          if (leaves.size() == kTileWidth) full_tiles_[tile] = hash_of_tile(bytes_of(leaves));
        }
      }
      std::lock_guard guard(mutex);
      missing_.insert(missing_.end(), missing.begin(), missing.end());
    } catch (...) {
      std::lock_guard guard(mutex);
      failure = std::current_exception();
      next_tile = UINT64_MAX / 2;  // the others need not go on
    }
  };
  {
    std::vector<std::jthread> others;
    for (unsigned i = 1; i < std::thread::hardware_concurrency(); ++i) others.emplace_back([&] { work({}); });
    work(progress);
  }
  if (failure) std::rethrow_exception(failure);
  std::ranges::sort(missing_);
}

TreeHash HashedLog::subtree(unsigned height, std::uint64_t index) const {
  if (height == kTileHeight) return full_tiles_.at(index);
  if (height > kTileHeight)
    return node_hash(subtree(height - 1, 2 * index), subtree(height - 1, 2 * index + 1));
  auto first = index << height;
  if (auto tile = first / kTileWidth; tile != kept_tile_) {
    kept_leaves_.resize(std::min<std::uint64_t>(kTileWidth, size_ - tile * kTileWidth));
    Leaves entries(log_, tile * kTileWidth);
    std::vector<std::uint64_t> known;
    for (auto& leaf : kept_leaves_) leaf = entries.next(known);
    kept_tile_ = tile;
  }
  return hash_of_tile(bytes_of(kept_leaves_), first % kTileWidth, 1ULL << height);
}

}  // namespace byline::transparency
