#pragma once

#include <string>
#include <string_view>

#include "events/json_fields.hpp"
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

/// Reads the row, lets `change` work on it and writes it back.
template <class Row, class RowsOfView, class Change>
void update_row(RowsOfView& rows, std::string_view key, Change&& change) {
  auto bytes = rows.get(key);
  if (!bytes) throw std::runtime_error("an event changes a row that is not there");
  auto row = parse_row<Row>(*bytes);
  change(row);
  rows.put(key, write_row(row));
}

}  // namespace byline
