#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/resource.hpp"

namespace byline::http {

/// A place in a list: the last resource seen, by the value it was sorted by and its key.
struct ListPlace {
  AttributeValue value;  ///< monostate in the order of creation
  std::string key;
};

/// Text that means nothing to its bearer (base64url).
std::string write_cursor(const ListPlace& place);
/// nullopt for what `write_cursor` did not write.
std::optional<ListPlace> read_cursor(std::string_view cursor);

}  // namespace byline::http
