#pragma once

#include "http/call.hpp"

namespace byline::http {

// The authorization server's endpoints; resources/routes.cpp says which path leads where.

/// RFC 6749 §4.4: client credentials.
Awaitable<Response> issue_token(Call& call);
/// RFC 7662.
Awaitable<Response> introspect_token(Call& call);
/// RFC 7009.
Awaitable<Response> revoke_token(Call& call);
/// RFC 7591: a program registers itself, with an initial access token.
Awaitable<Response> register_client(Call& call);
/// RFC 7592: an application that did reads, changes and deletes its registration.
Awaitable<Response> read_registration(Call& call);
Awaitable<Response> change_registration(Call& call);
Awaitable<Response> delete_registration(Call& call);
/// RFC 7517 §5: the keys that tokens are signed with.
Awaitable<Response> show_key_set(Call& call);
/// RFC 8414.
Awaitable<Response> describe_authorization_server(Call& call);

}  // namespace byline::http
