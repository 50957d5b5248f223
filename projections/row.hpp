#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "events/json_fields.hpp"
#include "projections/projection.hpp"
#include "projections/row_bytes.hpp"

namespace byline {

// A row is a struct that lists its fields (events/field.hpp), as bytes of the form that RowWriter has.

template <class Row>
std::string write_row(const Row& row) {
  std::string bytes;
  bytes.reserve(256);
  RowWriter(bytes).write_whole(row);
  return bytes;
}

/// Throws a std::exception where the bytes are not such a row: a view that is damaged, or of a version that
/// does not fit. Those of the last form before this one were compact JSON, and are read until their view has
/// been built anew.
template <class Row>
Row parse_row(std::string_view bytes) {
  if (bytes.starts_with('{')) return json_fields::parse_struct<Row>(bytes);
  return RowReader(bytes).read_whole<Row>();
}

template <class Row>
struct OpenRowOf final : OpenRow {
  OpenRowOf(std::string_view key, Row parsed) : OpenRow(key), row(std::move(parsed)) {}
  std::string bytes() const override { return write_row(row); }
  Row row;
};

/// Reads the row, lets `change` work on it and writes it back.
template <class Row, class Change>
void update_row(Rows& rows, std::string_view key, Change&& change) {
  auto open = rows.take_open(key);
  if (!open) {
    auto bytes = rows.get(key);
    if (!bytes) throw std::runtime_error("an event changes a row that is not there");
    open = std::make_unique<OpenRowOf<Row>>(key, parse_row<Row>(*bytes));
  }
  change(dynamic_cast<OpenRowOf<Row>&>(*open).row);
  rows.write_back(std::move(open));
}

}  // namespace byline
