#pragma once

#include <expected>
#include <optional>

#include "http/call.hpp"

namespace byline::http {

/// The value of a query parameter; nullptr where it is not given.
const std::string* query_value(const Call& call, std::string_view name);

/// The parameter `at`, a time (RFC 3339) that is not to come; nullopt for now.
std::expected<std::optional<Time>, Response> read_at(const Call& call);

}  // namespace byline::http
