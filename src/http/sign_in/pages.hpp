#pragma once

#include <string_view>

#include "http/server/message.hpp"

namespace byline::http {

/// A page that says something.
Response message_page(unsigned status, std::string_view title, std::string_view text);
/// A page that goes on to an address of this site.
Response forward_page(std::string_view path);

}  // namespace byline::http
