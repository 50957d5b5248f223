#pragma once

#include <string>
#include <string_view>

#include "events/json_fields.hpp"

namespace byline {

// Rows are the compact JSON of structs that list their fields (events/field.hpp).

template <class Row>
std::string write_row(const Row& row) {
  std::string text;
  JsonWriter json(text);
  json_fields::write_struct(json, row);
  return text;
}

/// Throws where the bytes are not such a row: a view that is damaged, or of another version.
template <class Row>
Row parse_row(std::string_view bytes) {
  Row row;
  auto document = json_fields::Parser::of_this_thread().parse(bytes);
  json_fields::read_struct(json_fields::Object(document.get_object()), row);
  return row;
}

/// Reads the row, lets `change` work on it and writes it back.
template <class Row, class RowsOfView, class Change>
void update_row(RowsOfView& rows, std::string_view key, Change&& change) {
  auto bytes = rows.get(key);
  if (!bytes) throw json_fields::Mismatch("an event changes a row that is not there");
  auto row = parse_row<Row>(*bytes);
  change(row);
  rows.put(key, write_row(row));
}

}  // namespace byline
