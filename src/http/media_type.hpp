#pragma once

#include <string_view>

namespace byline::http {

inline constexpr std::string_view kJsonApi = "application/vnd.api+json";

/// The media type of JSON:API (1.1 §5.3: extensions that a server does not know are refused, profiles are
/// passed over, and there are no other parameters).
bool is_json_api(std::string_view content_type);
/// `application/json`, whatever its parameters.
bool is_json(std::string_view content_type);
bool is_form(std::string_view content_type);
/// False when the caller takes JSON:API only with parameters that we do not serve (406).
bool accepts_json_api(std::string_view accept);

}  // namespace byline::http
