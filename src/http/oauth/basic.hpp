#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace byline::http {

struct BasicCredentials {
  std::string id;
  std::string secret;
};

/// The value of an Authorization header of the scheme Basic (RFC 7617), whose two parts OAuth has
/// form-encoded first (RFC 6749 §2.3.1). nullopt for anything else.
std::optional<BasicCredentials> read_basic(std::string_view header);

}  // namespace byline::http
