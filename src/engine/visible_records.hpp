#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/access.hpp"

namespace byline {

/// Ids that stand at the end of one or more indexes' keys: each once, in their order or against it.
class IdCursor {
 public:
  /// Begins strictly after `start`, an id's bytes; at the first or last where it is empty.
  IdCursor(const Reader& reader, View view, const std::vector<std::string>& prefixes, std::string_view start,
           Direction direction);

  bool valid() const { return current_ != nullptr; }
  /// The id's bytes; valid until `next`.
  std::string_view id() const { return current_->id(); }
  void next();

 private:
  struct Index {
    std::size_t skip;  ///< the length of its prefix
    std::unique_ptr<RowCursor> cursor;
    std::string_view id() const { return cursor->key().substr(skip); }
  };
  void pass(std::string_view id);
  void choose();

  Direction direction_;
  std::vector<Index> indexes_;
  Index* current_ = nullptr;
};

/// The records of a collection that a permission of this level reaches for the principal, from the indexes
/// that hold just these.
IdCursor records_within_reach(const Reader& reader, const Principal& principal, const Collection& collection,
                              Level level, std::string_view start, Direction direction);

}  // namespace byline
