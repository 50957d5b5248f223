#pragma once

#include <expected>
#include <nlohmann/json.hpp>
#include <string_view>

#include "http/server/message.hpp"

namespace byline::http {

/// The JSON object that is the body of a plain request, such as those of AuthZEN and of the sign-in. The
/// error is the answer: 415 or 400, which calls it `what`.
std::expected<nlohmann::json, Response> read_json_object(const Request& request, std::size_t max_depth,
                                                         std::string_view what);

}  // namespace byline::http
