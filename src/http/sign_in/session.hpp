#pragma once

#include <expected>
#include <optional>
#include <string>

#include "domain/sign_in.hpp"
#include "http/call.hpp"
#include "http/command.hpp"

namespace byline::http {

/// A session that is to be: `token` is what the cookie will hold.
struct NewSession {
  std::string token;
  StartSession command;
};
NewSession new_session(const Call& call, const AccountId& account, SignInMeans means);

/// Makes this browser's answer set the cookie of the session, or take it away.
void set_session_cookie(const Services& services, Response& response, const std::string& token);
void clear_session_cookie(Response& response);

/// A cookie that only this site's pages send back; an empty value takes it away.
void set_cookie(Response& response, std::string_view name, std::string_view value, std::int64_t seconds,
                std::string_view same_site);

/// A browser from which the account signed in before, with this password: it is not held to what others get
/// wrong elsewhere.
inline constexpr std::string_view kDeviceCookie = "__Host-byline_device";
void set_device_cookie(const Services& services, Response& response, const AccountId& account,
                       const CredentialId& password);
bool is_known_device(const Services& services, std::string_view token, const AccountId& account,
                     const CredentialId& password);

/// `{"user": …, "organization": …, "csrf_token": …, "expires_at": …}`
std::string account_body(const Services& services, const Reader& reader, const OrganizationId& organization,
                         const AccountId& account, const std::string& session,
                         const std::optional<Time>& expires_at);

/// The user who calls. The error is the answer: 403 to an application.
std::expected<FoundAccount, Response> own_account(const Call& call);

/// Makes it a call in the name of the account that it is about, whose answer is not kept.
void call_as(Call& call, const FoundAccount& account, const std::optional<CredentialId>& credential);

/// An answer to who came by something else than a session, where it takes one.
std::optional<Response> require_session(const Call& call);

/// What the secret of an authenticator app is sealed for.
inline constexpr std::string_view kTotpPurpose = "totp secret";

/// True for the first who takes the code of this step of the device.
bool take_totp_step(const Services& services, const CredentialId& device, std::int64_t step);

Response reply_json(unsigned status, std::string body);

}  // namespace byline::http
