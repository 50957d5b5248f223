#pragma once

#include <expected>

#include "http/oauth/request.hpp"

namespace byline::http {

/// An application that proved who it is.
struct Client {
  Principal principal;  ///< active, of a licensed organization
  CredentialId credential;
  std::optional<std::string> certificate_thumbprint = {};  ///< where it proved itself by that
};

/// Authenticates the client, one way and one only: by its secret, in the header or the body (RFC 6749
/// §2.3.1), by an assertion that its private key has signed (RFC 7523), or by the certificate of the
/// connection (RFC 8705 §2). What is told of a failure, and the
/// time that it takes, is the same whether or not there is such a client. The error is the answer. Fills in
/// who calls.
Awaitable<std::expected<Client, Response>> authenticate_client(Call& call, const OAuthRequest& request);

}  // namespace byline::http
