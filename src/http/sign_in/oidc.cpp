#include <spdlog/spdlog.h>

#include <nlohmann/json.hpp>

#include "engine/clock.hpp"
#include "http/authentication.hpp"
#include "http/sign_in/endpoints.hpp"
#include "http/sign_in/pages.hpp"
#include "http/sign_in/session.hpp"
#include "security/sealed_text.hpp"

namespace byline::http {
namespace {

constexpr std::string_view kFlowCookie = "__Host-byline_oidc";
constexpr std::string_view kPurpose = "oidc sign-in";
constexpr std::int64_t kFlowSeconds = 600;

std::string redirect_uri(const Services& services) { return services.base_url + "/sign-in/oidc/callback"; }

/// Kept by the browser, which cannot read it.
std::string seal_flow(const Services& services, const SignInFlow& flow) {
  nlohmann::json kept = {{"state", flow.state},
                         {"nonce", flow.nonce},
                         {"verifier", flow.verifier},
                         {"end", system_now().micros + kFlowSeconds * 1'000'000}};
  return security::seal_text(services.keys.seal_key, kPurpose, {}, kept.dump());
}
std::optional<SignInFlow> open_flow(const Services& services, std::string_view cookie) {
  auto text = security::open_text(services.keys.seal_key, kPurpose, {}, cookie);
  if (!text) return std::nullopt;
  auto kept = nlohmann::json::parse(*text);
  if (kept.at("end").get<std::int64_t>() <= system_now().micros) return std::nullopt;
  return SignInFlow{kept.at("state"), kept.at("nonce"), kept.at("verifier")};
}

/// nullptr where it is not there, or there more than once.
const std::string* parameter(const Call& call, std::string_view name) {
  const std::string* found = nullptr;
  for (const auto& [key, value] : call.query) {
    if (key != name) continue;
    if (found) return nullptr;
    found = &value;
  }
  return found;
}

Response refuse(unsigned status, std::string_view why) {
  auto response = message_page(status, "Not signed in", why);
  set_cookie(response, kFlowCookie, "", 0, "Lax");
  return response;
}

/// The user whom the provider vouches for: by the link, or at the first time by the address.
std::optional<FoundAccount> find_user(const Reader& reader, const std::string& issuer,
                                      const VouchedFor& vouched) {
  std::optional<FoundAccount> found;
  if (auto linked = find_external_identity(reader, issuer, vouched.subject)) {
    auto row = find_account(reader, linked->row.organization, linked->row.account);
    if (row) found = FoundAccount{linked->row.organization, linked->row.account, std::move(*row)};
  } else if (vouched.email) {
    auto address = parse_email(*vouched.email);
    found = address ? find_account_by_email(reader, address->key) : std::nullopt;
  }
  bool is_active =
      found && found->row.kind == SubjectKind::user && found->row.status == AccountStatus::active;
  return is_active ? found : std::nullopt;
}

}  // namespace

Awaitable<Response> begin_oidc(Call& call) {
  auto& provider = call.services.oidc;
  if (!provider) co_return message_page(404, "Not set up", "This service has no OpenID Connect provider.");
  auto flow = SignInFlow::begin();
  auto address = co_await provider->address_for(flow, redirect_uri(call.services));
  if (!address) {
    spdlog::warn("the OpenID Connect provider cannot be used: {}", address.error());
    co_return refuse(503, "The provider cannot be reached. Try again later.");
  }
  Response response;
  response.status = 302;
  response.headers.emplace_back("Location", *address);
  // Lax: it comes back by a link from the provider's site.
  set_cookie(response, kFlowCookie, seal_flow(call.services, flow), kFlowSeconds, "Lax");
  co_return response;
}

Awaitable<Response> finish_oidc(Call& call) {
  const auto& services = call.services;
  if (!services.oidc)
    co_return message_page(404, "Not set up", "This service has no OpenID Connect provider.");
  auto flow = open_flow(services, cookie_of(call.request, kFlowCookie));
  const auto* state = parameter(call, "state");
  if (!flow || !state || *state != flow->state)
    co_return refuse(400, "This sign-in was not begun in this browser, or too long ago. Begin again.");
  const auto* issuer = parameter(call, "iss");  // RFC 9207
  if (issuer && *issuer != services.oidc->issuer())
    co_return refuse(400, "The answer is of another provider.");
  const auto* code = parameter(call, "code");
  if (!code) co_return refuse(403, "The provider did not sign you in.");
  // Each flow once, or one cookie would do to keep the provider busy.
  auto first =
      services.engine.take_once("oidc " + flow->state, Time{system_now().micros + kFlowSeconds * 1'000'000});
  if (!first.value_or(false)) co_return refuse(400, "This sign-in was finished already. Begin again.");
  auto vouched = co_await services.oidc->redeem(*code, *flow, redirect_uri(services));
  if (!vouched) {
    spdlog::warn("the OpenID Connect provider cannot be used: {}", vouched.error());
    co_return refuse(502, "The provider's answer cannot be used. It was logged why.");
  }
  auto reader = services.engine.reader();
  if (!reader) co_return refuse(503, "The storage is being opened. Try again.");
  auto user = find_user(*reader, services.oidc->issuer(), *vouched);
  reader.reset();
  if (!user) {
    services.engine.note_failed_sign_in({}, call.request.remote_address, false);
    co_return refuse(403,
                     "The provider knows you, but no active user here has your verified e-mail address.");
  }
  call_as(call, *user, {});
  auto session = new_session(call, user->id, SignInMeans::external_identity);
  session.command.identity = ExternalIdentity{services.oidc->issuer(), vouched->subject};
  auto render = [&services, token = session.token](const Reader&, const Committed&) {
    // Not a redirection: the browser is on its way from another site, and would leave a strict cookie out.
    auto response = forward_page("/account");
    set_session_cookie(services, response, token);
    set_cookie(response, kFlowCookie, "", 0, "Lax");
    return response;
  };
  Command command = std::move(session.command);
  auto refuse_it = [](const Rejection&) { return refuse(403, "The account cannot be signed in to."); };
  co_return co_await run_command(call, std::move(command), std::move(render), refuse_it);
}

}  // namespace byline::http
