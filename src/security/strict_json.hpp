#pragma once

#include <cstddef>
#include <expected>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace byline::security {

struct JsonError {
  std::string detail;   ///< a sentence for the caller
  std::string pointer;  ///< RFC 6901, where the fault has a place in the document
};

/// Reads JSON of somebody else's without the ambiguities that RFC 8259 leaves to the receiver: a member named
/// twice, text that is not UTF-8 and nesting deeper than `max_depth` are errors, and so is anything after the
/// document.
std::expected<nlohmann::json, JsonError> parse_strict_json(std::string_view text, std::size_t max_depth);

}  // namespace byline::security
