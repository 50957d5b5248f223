#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace byline {

/// The members of a JSON object, in order: name → the value's JSON text, untouched, so that numbers keep
/// their digits.
using JsonMembers = std::vector<std::pair<std::string, std::string>>;

/// Throws std::runtime_error for what is not a JSON object.
JsonMembers split_members(std::string_view object);
std::string join_members(const JsonMembers& members);

/// A member's name as a step of a JSON pointer (RFC 6901 §3).
std::string escape_pointer(std::string_view name);

/// The same JSON without white space between its tokens. `text` was read as JSON before: beyond a string that
/// does not end, for which it throws std::runtime_error, nothing is checked here.
std::string compact_json(std::string_view text);

}  // namespace byline
