#pragma once

#include <memory>
#include <optional>
#include <string>

#include "engine/database.hpp"

namespace byline {

/// Reads the log's bytes and the tree over them. Keeps the database open for as long as it lives, so it is
/// for one piece of work, not for ever. Not thread-safe. Everything throws std::runtime_error when the disk
/// cannot be read.
class LogReader {
 public:
  explicit LogReader(std::shared_ptr<Database> database) : database_(std::move(database)) {}

  const Database& database() const { return *database_; }
  /// How many entries there are.
  std::uint64_t size() const { return database_->log().tail().value; }
  std::unique_ptr<LogCursor> read(Position after) const { return database_->log().read(after); }
  std::optional<std::string> entry(Position position) const {
    std::string bytes;
    return database_->log().read_one(position, bytes) ? std::optional(std::move(bytes)) : std::nullopt;
  }

  /// Hashes of the tree over the first `size` entries; for as long as the reader lives.
  TiledTree tree(std::uint64_t size) const { return database_->tree().at(size); }
  /// The tile's hashes; fewer than `width` where the log has not so many.
  std::string tile(const Tile& tile) const {
    auto bytes = database_->tree().read(tile);
    bytes.resize(std::min(bytes.size(), tile.width * sizeof(TreeHash)));
    return bytes;
  }

  KeptCheckpoint kept_checkpoint() const { return database_->kept_checkpoint(); }
  void keep_checkpoint(const KeptCheckpoint& checkpoint) { database_->keep_checkpoint(checkpoint); }

 private:
  std::shared_ptr<Database> database_;
};

}  // namespace byline
