#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/resource.hpp"
#include "security/seal.hpp"

namespace byline::http {

/// A place in a list: the last resource seen, by the value it was sorted by and its key.
struct ListPlace {
  AttributeValue value;  ///< monostate in the order of creation
  std::string key;
};

/// Text that means nothing to its bearer (base64url). The key is the list's own: a cursor that was altered,
/// or that another list gave out, would lead to a wrong page without a word.
std::string write_cursor(const security::Key& key, const ListPlace& place);
/// nullopt for what `write_cursor` did not write with this key.
std::optional<ListPlace> read_cursor(const security::Key& key, std::string_view cursor);

}  // namespace byline::http
