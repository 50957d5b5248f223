#pragma once

#include <string>
#include <string_view>

#include "http/server/message.hpp"

namespace byline::http {

/// What the head of a response depends on besides the response.
struct Framing {
  bool keep_alive = true;
  bool http_1_0 = false;  ///< of the request: keeping alive must then be said (RFC 9112 §9.3)
  std::string_view request_id{};
};

/// Appends status line and header, with the empty line that ends them. False where the response has a header
/// that must not be sent: a name that is no token, a value with a line break or another control character in
/// it (response splitting), or one that is the transport's to write. `out` is then of no use.
[[nodiscard]] bool append_head(std::string& out, const Response& response, const Framing& framing);

/// Whether responses of this status have a body at all (RFC 9110 §15.3.5, §15.4.5).
bool has_body(unsigned status);

}  // namespace byline::http
