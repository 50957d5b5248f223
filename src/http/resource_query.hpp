#pragma once

#include <expected>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "http/call.hpp"
#include "http/resource.hpp"

namespace byline::http {

enum class Comparison : std::uint8_t { eq, ne, lt, le, gt, ge, contains };

/// `filter[name]=…` or `filter[name][gt]=…`.
struct Filter {
  std::string name;
  Comparison comparison = Comparison::eq;
  std::string value;
};

/// What the query of a JSON:API request may say (JSON:API 1.1 §6; cursors as in its Cursor Pagination
/// profile).
struct ResourceQuery {
  std::map<std::string, std::vector<std::string>, std::less<>> fields;  ///< by type
  std::vector<std::string> include;
  std::string sort;  ///< an attribute; empty for the order of creation
  bool descending = false;
  std::vector<Filter> filters;
  std::size_t page_size = 10;
  bool total = false;  ///< also how many there are on all pages
  std::string after;   ///< a cursor
  std::string before;  ///< a cursor

  Fieldset fields_of(std::string_view type) const;
};

inline constexpr std::size_t kMaxPageSize = 100;
inline constexpr std::size_t kMaxFilters = 20;

/// Reads the call's query for a list of such resources or a single one. Anything unknown is a 400 that names
/// the parameter.
std::expected<ResourceQuery, Response> read_query(const Call& call, const ResourceSpec& spec);

/// The value of a parameter of the resource's own (ParameterSpec); nullptr where it is not given.
const std::string* query_value(const Call& call, std::string_view name);

bool matches(const Filter& filter, const AttributeValue& value);
/// The order of two values: by kind first, then texts by their bytes, numbers by size.
std::strong_ordering compare(const AttributeValue& left, const AttributeValue& right);

}  // namespace byline::http
