#pragma once

#include <memory>

#include "engine/database.hpp"
#include "engine/reader.hpp"

namespace byline {

/// Reads what is on disk. Keeps the database open for as long as it lives, so it is for one request, not for
/// ever. One thread at a time.
class DatabaseReader final : public Reader {
 public:
  enum class Kind : bool { moving, frozen };

  /// With `frozen`, everything is read as it was at this moment.
  explicit DatabaseReader(std::shared_ptr<Database> database, Kind kind = Kind::moving);
  ~DatabaseReader() override;
  DatabaseReader(const DatabaseReader&) = delete;
  DatabaseReader& operator=(const DatabaseReader&) = delete;

  std::optional<std::string> get(View view, std::string_view key) const override;
  std::unique_ptr<RowCursor> scan(View view, std::string_view prefix, std::string_view start,
                                  Direction direction) const override;
  std::optional<LogEntry> entry(Position position) const override;
  Position tail() const override;

 private:
  const Family& family(View view) const;

  std::shared_ptr<Database> database_;
  mutable std::shared_ptr<const ViewFamilies> rows_;
  mutable std::uint64_t rows_epoch_ = 0;
  const rocksdb::Snapshot* snapshot_ = nullptr;
  Position tail_;  ///< at the snapshot
};

}  // namespace byline
