#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/batch_rows.hpp"
#include "engine/reader.hpp"

namespace byline {

/// The rows that a batch of commands changed, as it left them: whoever answers one of the commands reads most
/// of what it needs from here, without the database. Never changes: any thread may read.
class CommittedRows {
 public:
  /// By view.
  explicit CommittedRows(std::vector<BatchRows::Changes> changes) : changes_(std::move(changes)) {}

  /// nullptr where the batch left the row as it was; without a value: it was erased.
  const std::optional<std::string>* find(View view, std::string_view key) const;

 private:
  std::vector<BatchRows::Changes> changes_;
};

/// Reads rows as a batch left them, also where others changed or erased them since; what it left alone, and
/// every walk, from the reader behind it.
class CommittedReader final : public Reader {
 public:
  CommittedReader(std::shared_ptr<const CommittedRows> rows, std::unique_ptr<Reader> behind)
      : rows_(std::move(rows)), behind_(std::move(behind)) {}

  std::optional<std::string> get(View view, std::string_view key) const override;
  std::unique_ptr<RowCursor> scan(View view, std::string_view prefix, std::string_view start,
                                  Direction direction) const override {
    return behind_->scan(view, prefix, start, direction);
  }
  std::optional<LogEntry> entry(Position position) const override { return behind_->entry(position); }
  Position tail() const override { return behind_->tail(); }

 private:
  std::shared_ptr<const CommittedRows> rows_;
  std::unique_ptr<Reader> behind_;
};

}  // namespace byline
