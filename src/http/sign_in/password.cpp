#include <algorithm>

#include "engine/clock.hpp"
#include "http/authentication.hpp"
#include "http/delay.hpp"
#include "http/resource_reply.hpp"
#include "http/sign_in/body.hpp"
#include "http/sign_in/endpoints.hpp"
#include "http/sign_in/session.hpp"
#include "security/password.hpp"
#include "security/sealed_text.hpp"
#include "security/totp.hpp"

namespace byline::http {
namespace {

constexpr std::string_view kPasswordPurpose = "password hash";

Response reply_busy() {
  return reply_error({503, "busy", "Too many sign in at the moment: try again soon.", {}, {}, {}});
}
Response reply_locked(std::int64_t seconds) {
  auto response =
      reply_error({429, "locked_out", "Too many attempts have failed; see Retry-After.", {}, {}, {}});
  response.headers.emplace_back("Retry-After", std::to_string(seconds));
  return response;
}
/// The same whatever is wrong.
Response reply_wrong() {
  return reply_error({401,
                      "sign_in_failed",
                      "The e-mail address, the password or the code is wrong, or the account is not active.",
                      {},
                      {},
                      {}});
}

std::string seal_hash(const Services& services, const AccountId& account, std::string_view hash) {
  return security::seal_text(services.keys.seal_key, kPasswordPurpose, to_string(account), hash);
}

/// The Argon2id hash of the account's password; empty where it has none.
std::string hash_of(const Services& services, const std::optional<FoundCredential>& password) {
  if (!password) return {};
  auto hash = security::open_text(services.keys.seal_key, kPasswordPurpose, to_string(password->row.account),
                                  password->row.sealed.value_or(""));
  return hash.value_or("");
}

/// Takes a code of the device, which no other may take again.
bool take_code(const Services& services, const FoundCredential& device, const std::string& code) {
  auto secret = security::open_text(services.keys.seal_key, kTotpPurpose, to_string(device.row.account),
                                    device.row.sealed.value_or(""));
  auto step = secret ? security::totp_step_of(*secret, code, system_now()) : std::nullopt;
  return step && take_totp_step(services, device.id, *step);
}

/// Who somebody says that they are, and what there is to check it by.
struct Claim {
  std::string name;  ///< under which failures are counted
  bool is_known_device = false;
  std::optional<FoundAccount> account;  ///< an active user
  std::optional<FoundCredential> password;
  std::optional<FoundCredential> device;
};

Claim claim_of(const Call& call, const Reader& reader, const std::string& email) {
  auto now = system_now();
  Claim claim;
  auto address = parse_email(email);
  claim.name = address ? address->key : email;
  auto found = address ? find_account_by_email(reader, address->key) : std::nullopt;
  if (!found || found->row.kind != SubjectKind::user || found->row.status != AccountStatus::active)
    return claim;
  for (auto& held : live_credentials(reader, found->id)) {
    if (held.row.is_over(now)) continue;
    if (held.row.kind == CredentialKind::password)
      claim.password = std::move(held);
    else if (held.row.kind == CredentialKind::totp)
      claim.device = std::move(held);
  }
  auto device = cookie_of(call.request, kDeviceCookie);
  claim.is_known_device =
      claim.password && is_known_device(call.services, device, found->id, claim.password->id);
  if (claim.is_known_device) claim.name = std::string(device) + claim.name;
  claim.account = std::move(found);
  return claim;
}

std::int64_t locked_for(const Call& call, const Claim& claim) {
  return call.services.failed_passwords.guesses_locked_for(claim.name, call.request.remote_address,
                                                           claim.is_known_device, system_now());
}

/// Passwords can be guessed, so who is locked out stays out with what is right, too. A device that is known
/// is counted by itself: nobody elsewhere can lock it out.
Awaitable<Response> refuse_sign_in(const Call& call, const Claim& claim) {
  auto from = call.request.remote_address;
  auto cost = call.services.failed_passwords.note_guess(claim.name, from, system_now());
  call.services.engine.note_failed_sign_in(claim.account ? claim.account->id : AccountId{}, from,
                                           cost.just_locked);
  if (cost.locked_for > 0) co_return reply_locked(cost.locked_for);
  if (cost.delay.count() > 0) co_await rest_for(cost.delay);
  co_return reply_wrong();
}

/// Whether it is the password; nullopt where there is no room to find out.
Awaitable<std::optional<bool>> check(const Call& call, std::string password, std::string hash) {
  auto place = call.services.hashing.enter(call.request.remote_address);
  if (!place) co_return std::nullopt;
  auto work = [password = std::move(password), hash = std::move(hash)] {
    try {
      return security::is_password(password, hash);
    } catch (const std::exception&) {  // no memory
      return false;
    }
  };
  co_return co_await run_on(call.services.password_pool, std::move(work));
}

/// The hash of a new password, sealed; nullopt where there is no room to make one.
Awaitable<std::optional<std::string>> make_hash(const Services& services, std::string password,
                                                AccountId account) {
  auto work = [password = std::move(password)] {
    try {
      return security::hash_password(password);
    } catch (const std::exception&) {
      return std::string();
    }
  };
  auto hash = co_await run_on(services.password_pool, std::move(work));
  if (!hash || hash->empty()) co_return std::nullopt;
  co_return seal_hash(services, account, *hash);
}

void check_new(Body& body, const std::string& password, const AccountRow& account) {
  auto checked = security::check_password(password, {account.name, account.email});
  if (!checked)
    body.add("password", "invalid_value", "This password cannot be taken: " + checked.error() + ".");
}

Awaitable<Response> start_session(Call& call, const Claim& claim) {
  const auto& services = call.services;
  services.failed_passwords.forget(claim.name, call.request.remote_address);
  call_as(call, *claim.account, claim.password->id);
  auto session = new_session(call, claim.account->id,
                             claim.device ? SignInMeans::password_and_totp : SignInMeans::password);
  session.command.verified = claim.password->id;
  auto render = [&services, token = session.token, organization = claim.account->organization,
                 account = claim.account->id, password = claim.password->id,
                 end = session.command.expires_at](const Reader& reader, const Committed&) {
    auto response = reply_json(200, account_body(services, reader, organization, account, token, end));
    set_session_cookie(services, response, token);
    set_device_cookie(services, response, account, password);
    return response;
  };
  Command command = std::move(session.command);
  auto refuse = [](const Rejection&) { return reply_wrong(); };  // somebody changed it in between
  co_return co_await run_command(call, std::move(command), std::move(render), refuse);
}

}  // namespace

Awaitable<Response> sign_in(Call& call) {
  auto body = Body::read(call);
  if (!body) co_return std::move(body.error());
  auto email = body->required("email");
  auto password = body->required("password");
  auto code = body->optional("code");
  if (!body->is_right()) co_return body->refusal();
  if (password.size() > security::kMaxPasswordBytes) co_return reply_wrong();
  auto reader = call.services.engine.reader();
  if (!reader) co_return reply_unavailable("the storage is being opened");
  auto claim = claim_of(call, *reader, email);
  reader.reset();  // it holds the storage open, and hashing takes a while
  if (auto seconds = locked_for(call, claim); seconds > 0) co_return reply_locked(seconds);
  auto is_right = co_await check(call, std::move(password), hash_of(call.services, claim.password));
  if (!is_right) co_return reply_busy();
  if (!*is_right || !claim.account) co_return co_await refuse_sign_in(call, claim);
  if (claim.device && code.empty()) {
    co_return reply_error({401,
                           "second_factor_required",
                           "Send the six digits that your authenticator app shows, as code.",
                           "/code",
                           {},
                           {}});
  }
  if (claim.device && !take_code(call.services, *claim.device, code))
    co_return co_await refuse_sign_in(call, claim);
  co_return co_await start_session(call, claim);
}

Awaitable<Response> sign_out(Call& call) {
  if (call.credential_kind != CredentialKind::session)
    co_return reply_error({400, "no_session", "There is no session to sign out of.", {}, {}, {}});
  RevokeCredential revoke;
  revoke.id = *call.credential;
  revoke.holder = SubjectKind::user;
  revoke.account = call.principal.account;
  Command command = std::move(revoke);
  auto render = [](const Reader&, const Committed&) {
    Response response{.status = 204};
    clear_session_cookie(response);
    return response;
  };
  co_return co_await run_command(call, std::move(command), render);
}

Awaitable<Response> use_link(Call& call) {
  auto body = Body::read(call);
  if (!body) co_return std::move(body.error());
  auto link = body->required("link");
  link.erase(0, link.rfind('#') + 1);  // the whole address will do, too
  auto password = body->required("password");
  if (!body->is_right()) co_return body->refusal();
  auto reader = call.services.engine.reader();
  if (!reader) co_return reply_unavailable("the storage is being opened");
  auto refuse = [](const Rejection&) {
    return reply_error(
        {403, "link_over", "This link is unknown, used or over: ask for another.", "/link", {}, {}});
  };
  auto found = security::is_well_formed_secret(link, security::kLinkPrefix)
                   ? find_token(*reader, to_hex(call.services.digester.digest(link)))
                   : std::nullopt;
  bool is_good =
      found && found->row.kind == CredentialKind::sign_in_link && !found->row.is_over(system_now());
  auto row = is_good ? find_account(*reader, found->row.organization, found->row.account) : std::nullopt;
  if (!row || row->status != AccountStatus::active) co_return refuse({});
  FoundAccount account{found->row.organization, found->row.account, std::move(*row)};
  reader.reset();
  check_new(*body, password, account.row);
  if (!body->is_right()) co_return body->refusal();
  auto hash = co_await make_hash(call.services, std::move(password), account.id);
  if (!hash) co_return reply_busy();
  call_as(call, account, found->id);
  SetPassword set;
  set.account = account.id;
  set.sealed_hash = std::move(*hash);
  set.link = found->id;
  Command command = std::move(set);
  co_return co_await run_command(call, std::move(command), render_deleted(), refuse);
}

Awaitable<Response> show_account(Call& call) {
  auto reader = call.services.engine.reader();
  if (!reader) co_return reply_unavailable("the storage is being opened");
  std::string session;
  if (call.credential_kind == CredentialKind::session)
    session = std::string(cookie_of(call.request, kSessionCookie));
  co_return reply_json(200, account_body(call.services, *reader, call.organization(), call.principal.account,
                                         session, call.credential_ends));
}

Awaitable<Response> change_password(Call& call) {
  auto body = Body::read(call);
  if (!body) co_return std::move(body.error());
  auto password = body->required("password");
  auto current = body->optional("current_password");
  auto account = own_account(call);
  if (!account) co_return std::move(account.error());
  if (body->is_right()) check_new(*body, password, account->row);
  if (!body->is_right()) co_return body->refusal();
  auto reader = call.services.engine.reader();
  if (!reader) co_return reply_unavailable("the storage is being opened");
  auto claim = claim_of(call, *reader, account->row.email);
  reader.reset();
  if (claim.password) {
    // Who sits at somebody else's screen has the session, but not the password.
    if (auto seconds = locked_for(call, claim); seconds > 0) co_return reply_locked(seconds);
    auto is_right = co_await check(call, std::move(current), hash_of(call.services, claim.password));
    if (!is_right) co_return reply_busy();
    if (!*is_right) {
      auto refused = co_await refuse_sign_in(call, claim);
      if (refused.status == 429) co_return refused;
      co_return reply_error({403,
                             "current_password_wrong",
                             "Send the password that is to be replaced as current_password.",
                             "/current_password",
                             {},
                             {}});
    }
  }
  auto hash = co_await make_hash(call.services, std::move(password), account->id);
  if (!hash) co_return reply_busy();
  SetPassword set;
  set.account = account->id;
  set.sealed_hash = std::move(*hash);
  if (claim.password) set.verified = claim.password->id;
  call.keeps_answer = false;
  Command command = std::move(set);
  co_return co_await run_command(call, std::move(command), render_deleted());
}

}  // namespace byline::http
