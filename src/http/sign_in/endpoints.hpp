#pragma once

#include "http/call.hpp"

namespace byline::http {

// How users come in, by browser: plain JSON and a cookie; resources/routes.cpp says which path leads where.

/// With e-mail address, password and, where the user has such a device, its code.
Awaitable<Response> sign_in(Call& call);
Awaitable<Response> sign_out(Call& call);
/// Sets a password by a link that an administrator gave out.
Awaitable<Response> use_link(Call& call);
/// To the OpenID Connect provider, and back from there.
Awaitable<Response> begin_oidc(Call& call);
Awaitable<Response> finish_oidc(Call& call);

/// Who is signed in.
Awaitable<Response> show_account(Call& call);
Awaitable<Response> change_password(Call& call);
/// A secret for an authenticator app; it is kept when a code of it has come.
Awaitable<Response> begin_totp(Call& call);
Awaitable<Response> confirm_totp(Call& call);

/// The pages for people who come without a console.
Awaitable<Response> sign_in_page(Call& call);
Awaitable<Response> link_page(Call& call);

}  // namespace byline::http
