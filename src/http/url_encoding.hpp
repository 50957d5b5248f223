#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace byline::http {

// The two encodings that requests come in: percent-encoding (RFC 3986 §2.1), in paths, and the form encoding
// (WHATWG URL, application/x-www-form-urlencoded), in queries and in the bodies of OAuth. Decoded text is
// UTF-8 without a NUL in it.

struct FormError {
  std::string name;    ///< of the parameter, as far as it can be read
  std::string detail;  ///< a sentence
};

/// The pairs of `name=value&…` in order; empty text gives none. Refuses what cannot be decoded, and more than
/// 100.
std::expected<std::vector<std::pair<std::string, std::string>>, FormError> parse_form(std::string_view text);

/// One name or value of a form: `+` is a space. nullopt where an escape is broken or the text is not UTF-8.
std::optional<std::string> form_decode(std::string_view text);

/// Escapes all but the unreserved characters (RFC 3986 §2.3).
std::string percent_encode(std::string_view text);

/// The decoded segments of a path: `/admin/users/` → admin, users, and an empty one. The error says what is
/// wrong, without a full stop.
std::expected<std::vector<std::string>, std::string> split_path(std::string_view path);

}  // namespace byline::http
