#pragma once

#include <expected>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "http/call.hpp"
#include "http/oauth/basic.hpp"

namespace byline::http {

/// A refusal as RFC 6749 §5.2 has it.
Response refuse_oauth(unsigned status, std::string_view error, std::string_view description);
/// The answer to a client that did not prove who it is, in one form whatever the reason.
Response refuse_client();

/// The storage cannot be read at the moment.
Response refuse_while_opening();

/// A JSON answer that nobody may keep.
Response reply_oauth(std::string body);

/// A request to an endpoint of OAuth: a form, each of its parameters once and with a value (RFC 6749 §3.2),
/// and what the Authorization header of the scheme Basic says.
class OAuthRequest {
 public:
  /// The error is the answer.
  static std::expected<OAuthRequest, Response> read(const Call& call);

  /// nullptr where it is not there.
  const std::string* parameter(std::string_view name) const;

  const std::optional<BasicCredentials>& basic() const { return basic_; }

 private:
  std::map<std::string, std::string, std::less<>> parameters_;
  std::optional<BasicCredentials> basic_;
};

}  // namespace byline::http
