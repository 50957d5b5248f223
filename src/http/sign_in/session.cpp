#include "http/sign_in/session.hpp"

#include "engine/clock.hpp"
#include "http/authentication.hpp"
#include "http/fresh_secret.hpp"
#include "http/reply.hpp"
#include "security/totp.hpp"

namespace byline::http {
namespace {

constexpr std::int64_t kDeviceSeconds = 180LL * 24 * 60 * 60;
constexpr std::size_t kMaxAgent = 200;

std::string device_mac(const Services& services, const AccountId& account, const CredentialId& password,
                       std::string_view end) {
  return to_hex(services.digester.digest("device " + to_string(account) + " " + to_string(password) + " " +
                                         std::string(end)));
}

/// As the browser calls itself, cut and in plain characters.
std::optional<std::string> agent_of(const Request& request) {
  std::string agent;
  for (char c : request.header(boost::beast::http::field::user_agent).substr(0, kMaxAgent)) {
    if (c >= 0x20 && c < 0x7F) agent += c;
  }
  return agent.empty() ? std::nullopt : std::optional(std::move(agent));
}

}  // namespace

NewSession new_session(const Call& call, const AccountId& account, SignInMeans means) {
  auto secret = make_secret(call.services.digester, CredentialKind::session);
  NewSession session{std::move(secret.text), {}};
  auto& command = session.command;
  command.account = account;
  command.digest = std::move(secret.kept.digest);
  command.means = means;
  command.from = std::string(call.request.remote_address);
  command.agent = agent_of(call.request);
  command.expires_at = Time{system_now().micros + call.services.session_length};
  return session;
}

void set_cookie(Response& response, std::string_view name, std::string_view value, std::int64_t seconds,
                std::string_view same_site) {
  // Both: what a browser takes from one address only, never from http, and never gives to a script.
  response.headers.emplace_back(
      "Set-Cookie", std::string(name) + "=" + std::string(value) + "; Path=/; Secure; HttpOnly; SameSite=" +
                        std::string(same_site) + "; Max-Age=" + std::to_string(seconds));
}

void set_session_cookie(const Services& services, Response& response, const std::string& token) {
  set_cookie(response, kSessionCookie, token, services.session_length / kMicrosPerSecond, "Strict");
}
void clear_session_cookie(Response& response) { set_cookie(response, kSessionCookie, "", 0, "Strict"); }

void set_device_cookie(const Services& services, Response& response, const AccountId& account,
                       const CredentialId& password) {
  auto end = std::to_string(system_now().micros / kMicrosPerSecond + kDeviceSeconds);
  set_cookie(response, kDeviceCookie, end + "." + device_mac(services, account, password, end),
             kDeviceSeconds, "Strict");
}

bool is_known_device(const Services& services, std::string_view token, const AccountId& account,
                     const CredentialId& password) {
  auto dot = token.find('.');
  if (dot == std::string_view::npos || dot == 0 || dot > 12) return false;
  auto end = token.substr(0, dot);
  if (end.find_first_not_of("0123456789") != std::string_view::npos) return false;
  return security::equal_constant_time(token.substr(dot + 1), device_mac(services, account, password, end)) &&
         std::stoll(std::string(end)) > system_now().micros / kMicrosPerSecond;
}

std::string account_body(const Services& services, const Reader& reader, const OrganizationId& organization,
                         const AccountId& account, const std::string& session,
                         const std::optional<Time>& expires_at) {
  auto user = find_account(reader, organization, account);
  auto home = find_organization(reader, organization);
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.key("user");
  json.begin_object();
  json.member("id", std::string_view(to_string(account)));
  json.member("name", std::string_view(user ? user->name : ""));
  json.member("email", std::string_view(user ? user->email : ""));
  json.end_object();
  json.key("organization");
  json.begin_object();
  json.member("id", std::string_view(to_string(organization)));
  json.member("name", std::string_view(home ? home->name : ""));
  json.end_object();
  if (!session.empty()) json.member("csrf_token", std::string_view(csrf_token_of(services, session)));
  if (expires_at) json.member("expires_at", std::string_view(to_string(*expires_at)));
  json.end_object();
  return body;
}

std::expected<FoundAccount, Response> own_account(const Call& call) {
  auto reader = call.services.engine.reader();
  if (!reader) return std::unexpected(reply_unavailable("the storage is being opened"));
  auto row = find_account(*reader, call.organization(), call.principal.account);
  if (!row || row->kind != SubjectKind::user) {
    return std::unexpected(
        reply_error({403, "users_only", "Only users sign in with passwords.", {}, {}, {}}));
  }
  return FoundAccount{call.organization(), call.principal.account, std::move(*row)};
}

void call_as(Call& call, const FoundAccount& account, const std::optional<CredentialId>& credential) {
  call.principal.account = account.id;
  call.principal.organization = account.organization;
  call.principal.kind = SubjectKind::user;
  call.credential = credential;
  call.keeps_answer = false;
}

std::optional<Response> require_session(const Call& call) {
  if (call.credential_kind == CredentialKind::session) return std::nullopt;
  return reply_error(
      {403, "session_required", "This takes a session, not a token: sign in by POST /sign-in.", {}, {}, {}});
}

bool take_totp_step(const Services& services, const CredentialId& device, std::int64_t step) {
  auto text = "totp " + to_string(device) + " " + std::to_string(step);
  return services.engine.take_once(text, security::totp_good_until(step)).value_or(false);
}

Response reply_json(unsigned status, std::string body) {
  Response response;
  response.status = status;
  response.content_type = "application/json";
  response.body = std::move(body);
  return response;
}

}  // namespace byline::http
