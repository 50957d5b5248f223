#pragma once

#include <rocksdb/db.h>

#include <optional>
#include <string>

#include "log/event_log.hpp"
#include "log/tree_edge.hpp"

namespace byline {

/// The tiles of the log's Merkle tree, in a column family of the RocksDB database. Key: the level, one byte,
/// and the tile's index, eight bytes big-endian. Value: its hashes. Tiles of leaves are there when they are
/// full. What is there can be made again from the log. Thread-safe.
class RocksTree {
 public:
  /// All must outlive it.
  RocksTree(rocksdb::DB& database, rocksdb::ColumnFamilyHandle& family, const EventLog& log)
      : database_(database), family_(family), log_(log) {}

  /// Stores tiles in the batch in which the entries under them become durable.
  TreeEdge::Store into(rocksdb::WriteBatch& batch) const;

  /// At least the first `width` hashes of a tile of the tree over the log; shorter where it has not so many.
  /// Throws std::runtime_error where they cannot be read.
  std::string read(const Tile& tile) const;

  /// A tile as it is stored; empty where it is not.
  std::string stored(const Tile& tile) const;

  /// The tree over the first `size` entries. Needs size <= the log's tail. For one thread.
  TiledTree at(std::uint64_t size) const;

  struct CaughtUp {
    TreeEdge edge;
    std::uint64_t hashed = 0;  ///< entries
  };
  /// The edge at the log's tail. Writes the tiles that are missing, where a release that knew no tree has
  /// written, or where they are damaged. Throws std::runtime_error where it cannot read or write.
  CaughtUp catch_up();

 private:
  std::uint64_t stored_leaves() const;
  std::optional<TreeEdge> stored_edge(std::uint64_t size) const;

  rocksdb::DB& database_;
  rocksdb::ColumnFamilyHandle& family_;
  const EventLog& log_;
};

}  // namespace byline
