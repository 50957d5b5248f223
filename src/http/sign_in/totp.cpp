#include "security/totp.hpp"

#include "domain/text.hpp"
#include "engine/clock.hpp"
#include "http/sign_in/body.hpp"
#include "http/sign_in/endpoints.hpp"
#include "http/sign_in/session.hpp"
#include "security/sealed_text.hpp"

namespace byline::http {
namespace {

constexpr std::string_view kEnrollmentPurpose = "totp enrollment";
constexpr std::int64_t kEnrollmentTime = 15LL * 60 * 1'000'000;  ///< microseconds

}  // namespace

/// Nothing is kept until the code has come: what is needed then goes along, sealed.
Awaitable<Response> begin_totp(Call& call) {
  if (auto refused = require_session(call)) co_return std::move(*refused);
  auto account = own_account(call);
  if (!account) co_return std::move(account.error());
  auto secret = security::new_totp_secret();
  auto end = std::to_string(system_now().micros + kEnrollmentTime);
  auto enrollment = security::seal_text(call.services.keys.seal_key, kEnrollmentPurpose,
                                        to_string(account->id), secret + end);
  std::string answer;
  JsonWriter json(answer);
  json.begin_object();
  json.member("secret", std::string_view(security::to_base32(secret)));
  json.member("uri", std::string_view(security::totp_uri(secret, "Byline", account->row.email)));
  json.member("enrollment", std::string_view(enrollment));
  json.end_object();
  co_return reply_json(200, std::move(answer));
}

Awaitable<Response> confirm_totp(Call& call) {
  constexpr std::size_t kSecretBytes = 20;
  if (auto refused = require_session(call)) co_return std::move(*refused);
  auto body = Body::read(call);
  if (!body) co_return std::move(body.error());
  auto enrollment = body->required("enrollment");
  auto code = body->required("code");
  auto label = body->optional("label");
  auto account = own_account(call);
  if (!account) co_return std::move(account.error());
  auto opened = security::open_text(call.services.keys.seal_key, kEnrollmentPurpose, to_string(account->id),
                                    enrollment);
  auto now = system_now();
  bool is_good =
      opened && opened->size() > kSecretBytes && std::stoll(opened->substr(kSecretBytes)) > now.micros;
  auto secret = is_good ? opened->substr(0, kSecretBytes) : std::string();
  auto parsed = label.empty() ? std::expected<std::string, Problem>() : parse_label(label);
  if (!parsed) body->add("label", std::string(code_name(parsed.error().code)), explain(parsed.error()));
  if (body->is_right() && !is_good)
    body->add("enrollment", "invalid_value",
              "It is not one that was begun for this user in the last 15 minutes.");
  auto step = body->is_right() ? security::totp_step_of(secret, code, now) : std::nullopt;
  if (body->is_right() && !step)
    body->add("code", "invalid_value", "It is not the code that the device shows now.");
  if (!body->is_right()) co_return body->refusal();
  RegisterTotp registered;
  registered.account = account->id;
  registered.sealed_secret =
      security::seal_text(call.services.keys.seal_key, kTotpPurpose, to_string(account->id), secret);
  if (!parsed->empty()) registered.label = *parsed;
  Command command = std::move(registered);
  call.keeps_answer = false;
  auto render = [&services = call.services, step = *step](const Reader&, const Committed& committed) {
    // It is not good for a sign-in any more.
    static_cast<void>(take_totp_step(services, committed.subject.as<CredentialId>(), step));
    return Response{.status = 204};
  };
  co_return co_await run_command(call, std::move(command), render);
}

}  // namespace byline::http
