#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/database.hpp"
#include "engine/text_hash.hpp"

namespace byline {

/// The rows of one view while a batch of events is folded: what the batch changed lies over what is on disk,
/// and goes to disk in one piece.
class BatchRows final : public Rows {
 public:
  struct Change {
    std::optional<std::string> value;  ///< nullopt: erased
    bool fresh = false;                ///< there was nothing under this key on disk
  };
  using Changes = boost::unordered_flat_map<std::string, Change, TextHash, std::equal_to<>>;

  BatchRows(rocksdb::DB& rocks, rocksdb::ColumnFamilyHandle* family, rocksdb::WriteBatch& batch)
      : rocks_(rocks), family_(family), batch_(batch) {}

  std::optional<std::string> get(std::string_view key) override;
  void put(std::string_view key, std::string value) override;
  void erase(std::string_view key) override;
  void insert(std::string_view key, std::string value) override;
  void add(std::string_view key, std::string_view value) override;

  /// What the batch changed of the rows whose keys begin with the prefix; without a value: erased.
  std::vector<std::pair<std::string, std::optional<std::string>>> changes_under(
      std::string_view prefix) const;

  /// Moves what changed into the batch; nothing is left here afterwards. Returns it, but for what was added,
  /// which nobody reads back.
  Changes flush();
  /// Forgets what changed.
  void discard();

 private:
  rocksdb::DB& rocks_;
  rocksdb::ColumnFamilyHandle* family_;
  rocksdb::WriteBatch& batch_;
  Changes changed_;
  std::vector<std::pair<std::string, std::string>> added_;
};

}  // namespace byline
