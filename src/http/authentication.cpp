#include "http/authentication.hpp"

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <functional>

#include "engine/clock.hpp"
#include "engine/text_hash.hpp"
#include "http/fresh_secret.hpp"
#include "http/reply.hpp"
#include "http/scope.hpp"
#include "http/server/ascii.hpp"
#include "security/base64.hpp"
#include "security/jws.hpp"

namespace byline::http {
namespace {

using boost::beast::http::field;

constexpr std::size_t kRememberedTokens = 8192;  ///< tokens a thread; past that it starts anew

struct RememberedToken {
  Bearer bearer;
  std::uint64_t access_epoch = 0;
  std::uint64_t keys_epoch = 0;
};

/// The holder of one of a user's own tokens, or of a session.
std::expected<Holder, BearerError> holder_of_secret(const Services& services, const Reader& reader,
                                                    std::string_view token, CredentialKind kind, Time now) {
  if (!security::is_well_formed_secret(token, secret_prefix_of(kind)))
    return std::unexpected(BearerError::unknown);
  auto found = find_token(reader, to_hex(services.digester.digest(token)));
  if (!found || found->row.kind != kind) return std::unexpected(BearerError::unknown);
  const auto& row = found->row;
  if (row.revoked_at) return std::unexpected(BearerError::revoked);
  if (row.is_over(now)) return std::unexpected(BearerError::expired);
  Holder holder{
      row.organization, row.account, found->id, {}, {}, row.expires_at.value_or(Time{INT64_MAX}), {}, {}};
  holder.kind = kind;
  if (kind == CredentialKind::session) {
    auto started = find_byline(reader, {SubjectKind::credential, found->id}).value().created_at;
    if (is_left_alone(services, services.engine.sightings_of(found->id, row), started, now))
      return std::unexpected(BearerError::expired);
  }
  return holder;
}

/// The holder of a token of the token endpoint, by its signature and claims alone.
std::expected<Holder, BearerError> holder_of_jwt(const Services& services, std::string_view token, Time now) {
  auto claims = services.tokens->current()->verify(token, now);
  if (!claims) {
    return std::unexpected(claims.error() == security::TokenError::expired ? BearerError::expired
                                                                           : BearerError::unknown);
  }
  Holder holder{claims->organization,
                claims->account,
                claims->credential,
                claims->id,
                claims->issued_at,
                claims->expires_at,
                {},
                claims->key_thumbprint,
                claims->certificate_thumbprint};
  if (claims->narrowed) holder.scope = read_scope(claims->scope);
  return holder;
}

/// What the views say of the holder now.
std::expected<Bearer, BearerError> look_up(const Services& services, const Reader& reader, Holder holder,
                                           Time now) {
  if (holder.token) {
    auto credential = find_credential(reader, holder.account, holder.credential);
    if (is_revoked(reader, *holder.token) || !credential || credential->revoked_at)
      return std::unexpected(BearerError::revoked);
  }
  auto principal = find_principal(reader, holder.organization, holder.account);
  if (!principal || !principal->is_active(now)) return std::unexpected(BearerError::inactive);
  if (principal->kind == SubjectKind::application && !principal->licensed)
    return std::unexpected(BearerError::unlicensed);
  if (holder.scope) principal->access.keep(*holder.scope);
  auto good_until = std::min(holder.expires_at, principal->expires_at.value_or(holder.expires_at));
  if (holder.kind == CredentialKind::session)
    good_until = std::min(good_until, Time{now.micros + services.session_idle});
  return Bearer{std::move(holder), std::move(*principal), good_until};
}

Response unauthorized(std::string code, std::string detail) {
  return reply_error({401, std::move(code), std::move(detail), {}, {}, "Authorization"});
}

Response reply_bearer_error(BearerError error) {
  auto rejected = [](Code code) { return reply_rejection(Rejection{{Problem{code, {}, {}}}}, nullptr); };
  switch (error) {
    case BearerError::unknown:
      return unauthorized("invalid_token", "The token is not one that this service issued.");
    case BearerError::expired:
      return unauthorized("token_expired", "The token is over: get a new one from /oauth2/token.");
    case BearerError::revoked:
      return unauthorized("token_revoked", "The token was revoked, or what it was got with.");
    case BearerError::inactive:
      return rejected(Code::account_inactive);
    case BearerError::unlicensed:
      return rejected(Code::api_not_licensed);
    case BearerError::unavailable:
      break;
  }
  return reply_unavailable("the storage is being opened");
}

struct PresentedToken {
  std::string_view text;
  bool with_proof;  ///< by the scheme DPoP
};

/// The token of a request that has one, and one only.
std::expected<PresentedToken, Response> token_of(const Request& request) {
  auto header = request.header(field::authorization);
  if (header.empty())
    return std::unexpected(unauthorized(
        "token_required", "Send an Authorization header with a bearer token, or the cookie of a session."));
  if (request.count(field::authorization) > 1)
    return std::unexpected(unauthorized("invalid_token", "There is more than one Authorization header."));
  for (std::string_view scheme : {"bearer ", "dpop "}) {
    if (header.size() > scheme.size() && iequals(header.substr(0, scheme.size()), scheme))
      return PresentedToken{header.substr(scheme.size()), scheme == "dpop "};
  }
  return std::unexpected(unauthorized("invalid_token", "The Authorization header has no bearer token."));
}

Response refuse_proof(const std::string& why) {
  auto response = unauthorized("invalid_dpop_proof", "The DPoP proof cannot be taken: " + why + ".");
  for (auto& [name, value] : response.headers) {
    if (name == "WWW-Authenticate") value = R"(DPoP error="invalid_dpop_proof", algs="ES256 EdDSA RS256")";
  }
  return response;
}

/// A token that is bound to a key comes with a proof of that key, and another one without any (RFC 9449
/// §7.2).
std::expected<void, Response> check_possession(const Call& call, const PresentedToken& token,
                                               const Holder& holder, Proofs proofs) {
  if (holder.certificate_thumbprint &&
      holder.certificate_thumbprint != certificate_thumbprint_of(call.request)) {
    return std::unexpected(unauthorized(
        "invalid_token", "This token is good on a connection with its client's certificate only."));
  }
  if (!token.with_proof && !holder.key_thumbprint) return {};
  if (!token.with_proof)
    return std::unexpected(
        unauthorized("invalid_token", "This token is sent by the scheme DPoP, with a proof."));
  if (!holder.key_thumbprint)
    return std::unexpected(unauthorized("invalid_token", "This token is sent by the scheme Bearer."));
  auto thumbprint = take_dpop_proof(call, token.text, proofs);
  if (!thumbprint) return std::unexpected(refuse_proof(thumbprint.error()));
  if (!*thumbprint) return std::unexpected(refuse_proof("there is none"));
  if (**thumbprint != *holder.key_thumbprint)
    return std::unexpected(refuse_proof("it is by another key than the token's"));
  return {};
}

/// Which of the two a user's own secret is; nothing of other tokens.
std::optional<CredentialKind> kind_of_secret(std::string_view token) {
  if (token.starts_with(security::kAccessTokenPrefix)) return CredentialKind::access_token;
  if (token.starts_with(security::kSessionPrefix)) return CredentialKind::session;
  return std::nullopt;
}

std::expected<const Bearer*, BearerError> find_holder(const Services& services, std::string_view token,
                                                      Time now) {
  thread_local boost::unordered_flat_map<std::string, RememberedToken, TextHash, std::equal_to<>> remembered;
  const auto& engine = services.engine;
  auto access_epoch = engine.access_epoch();  // before reading: see Engine::access_epoch
  auto keys_epoch = engine.keys_epoch();
  auto found = remembered.find(token);
  bool known = found != remembered.end() && found->second.keys_epoch == keys_epoch;
  if (known && found->second.access_epoch == access_epoch && now < found->second.bearer.good_until)
    return &found->second.bearer;

  auto reader = engine.reader();
  if (!reader) return std::unexpected(BearerError::unavailable);
  // A signature that was right is right: only what the views say may be another.
  bool verified = known && found->second.bearer.holder.token && now < found->second.bearer.holder.expires_at;
  auto secret = kind_of_secret(token);
  auto holder = verified ? std::expected<Holder, BearerError>(found->second.bearer.holder)
                : secret ? holder_of_secret(services, *reader, token, *secret, now)
                         : holder_of_jwt(services, token, now);
  if (!holder) return std::unexpected(holder.error());
  auto bearer = look_up(services, *reader, std::move(*holder), now);
  if (!bearer) return std::unexpected(bearer.error());
  if (remembered.size() >= kRememberedTokens) remembered.clear();
  auto [place, fresh] = remembered.insert_or_assign(
      std::string(token), RememberedToken{std::move(*bearer), access_epoch, keys_epoch});
  return &place->second.bearer;
}

/// Notes the use of a user's token or session, now and then: it is about seconds, not about numbers.
void note_use(const Call& call, const Bearer& bearer) {
  constexpr std::int64_t kEvery = 1'000'000;  // microseconds
  if (!bearer.holder.kind) return;
  auto now = system_now();
  if (now.micros - bearer.noted_at.micros < kEvery) return;
  bearer.noted_at = now;
  call.services.engine.note_credential_use(bearer.holder.organization, bearer.holder.account,
                                           bearer.holder.credential, call.request.remote_address);
}

std::expected<void, Response> let_in(Call& call, const Bearer& bearer, Proofs proofs) {
  const auto& [holder, principal, good_until, noted_at] = bearer;
  if (!may_come_from(principal, call.request.remote_address)) {
    return std::unexpected(reply_error(
        {403, "network_not_allowed", "The application may not come from this address.", {}, {}, {}}));
  }
  call.principal = principal;
  call.scope = holder.scope;
  call.credential = holder.credential;
  call.credential_kind = holder.kind;
  if (holder.kind && holder.expires_at.micros != INT64_MAX) call.credential_ends = holder.expires_at;
  if (proofs == Proofs::take) note_use(call, bearer);
  return {};
}

bool is_safe(boost::beast::http::verb method) {
  return method == boost::beast::http::verb::get || method == boost::beast::http::verb::head;
}

/// By the cookie of a session. What changes something must come from a page of this service, and say so with
/// the session's token.
std::expected<void, Response> authenticate_session(Call& call, std::string_view cookie, Proofs proofs) {
  auto bearer = find_session(call.services, cookie, system_now());
  if (!bearer) {
    if (bearer.error() == BearerError::unknown || bearer.error() == BearerError::expired) {
      return std::unexpected(
          reply_error({401, "session_over", "The session is over: sign in again.", {}, {}, "Cookie"}));
    }
    return std::unexpected(reply_bearer_error(bearer.error()));
  }
  if (!is_safe(call.request.method)) {
    auto right = csrf_token_of(call.services, cookie);
    auto sent = call.request.header("X-CSRF-Token");
    auto site = call.request.header("Sec-Fetch-Site");
    bool is_ours = site.empty() || site == "same-origin" || site == "none";
    if (!is_ours || !security::equal_constant_time(sent, right)) {
      return std::unexpected(reply_error({403,
                                          "csrf_token_wrong",
                                          "Send the session's csrf_token in the header X-CSRF-Token.",
                                          {},
                                          {},
                                          "X-CSRF-Token"}));
    }
  }
  return let_in(call, **bearer, proofs);
}

}  // namespace

std::expected<const Bearer*, BearerError> find_bearer(const Services& services, std::string_view token,
                                                      Time now) {
  if (token.starts_with(security::kSessionPrefix)) return std::unexpected(BearerError::unknown);
  return find_holder(services, token, now);
}

std::expected<const Bearer*, BearerError> find_session(const Services& services, std::string_view token,
                                                       Time now) {
  if (!token.starts_with(security::kSessionPrefix)) return std::unexpected(BearerError::unknown);
  return find_holder(services, token, now);
}

bool is_left_alone(const Services& services, const CredentialSightings& seen, Time started, Time now) {
  auto last = std::max(seen.used.at.value_or(started), started);
  return now.micros - last.micros >= services.session_idle;
}

std::string_view cookie_of(const Request& request, std::string_view name) {
  for (const auto& sent : request.fields) {
    if (sent.id != field::cookie) continue;
    for (auto rest = sent.value; !rest.empty();) {
      auto end = std::min(rest.find(';'), rest.size());
      auto pair = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      while (pair.starts_with(' ')) pair.remove_prefix(1);
      if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=')
        return pair.substr(name.size() + 1);
    }
  }
  return {};
}

std::string csrf_token_of(const Services& services, std::string_view session) {
  return to_hex(services.digester.digest("csrf " + std::string(session)));
}

std::optional<std::string> certificate_thumbprint_of(const Request& request) {
  if (request.client_certificate.empty()) return std::nullopt;
  return security::sha256_base64url(request.client_certificate);
}

std::expected<std::optional<std::string>, std::string> take_dpop_proof(const Call& call,
                                                                       std::string_view access_token,
                                                                       Proofs proofs) {
  constexpr std::string_view kHeader = "DPoP";
  auto text = call.request.header(kHeader);
  if (text.empty()) return std::nullopt;
  if (call.request.count(kHeader) > 1) return std::unexpected("there is more than one");
  auto address = call.services.base_url + std::string(call.request.path);
  auto proof =
      security::check_dpop_proof(text, call.request.method_text, address, access_token, system_now());
  if (!proof) return std::unexpected(proof.error());
  if (proofs == Proofs::take) {
    auto first =
        call.services.engine.take_once("dpop " + proof->thumbprint + " " + proof->id, proof->good_until);
    if (!first) return std::unexpected("the storage cannot be used at the moment");
    if (!*first) return std::unexpected("its jti was used before");
  }
  return std::move(proof->thumbprint);
}

std::expected<void, Response> authenticate(Call& call, Proofs proofs) {
  auto cookie = call.request.header(field::authorization).empty() ? cookie_of(call.request, kSessionCookie)
                                                                  : std::string_view();
  if (!cookie.empty()) return authenticate_session(call, cookie, proofs);
  auto token = token_of(call.request);
  if (!token) return std::unexpected(std::move(token.error()));
  auto bearer = find_bearer(call.services, token->text, system_now());
  if (!bearer) return std::unexpected(reply_bearer_error(bearer.error()));
  if (proofs != Proofs::keep) {
    if (auto proven = check_possession(call, *token, (*bearer)->holder, proofs); !proven) return proven;
  }
  return let_in(call, **bearer, proofs);
}

std::expected<void, Response> keep_rate(Call& call) {
  const auto& principal = call.principal;
  if (principal.kind != SubjectKind::application) return {};
  auto per_second = principal.rate_limit.value_or(call.services.rate_limit);
  if (per_second == 0) return {};
  call.rate = call.services.rate_limits.take(principal.account, per_second, system_now());
  if (call.rate->allowed) return {};
  auto response = reply_error(
      {429, "rate_limited", "The application makes more requests than it may; see Retry-After.", {}, {}, {}});
  response.headers.emplace_back("Retry-After", std::to_string(call.rate->reset));
  return std::unexpected(std::move(response));
}

void write_rate(const Call& call, Response& response) {
  if (!call.rate) return;
  response.headers.emplace_back("RateLimit-Limit", std::to_string(call.rate->limit));
  response.headers.emplace_back("RateLimit-Remaining", std::to_string(call.rate->remaining));
  response.headers.emplace_back("RateLimit-Reset", std::to_string(call.rate->reset));
}

bool may_come_from(const Principal& principal, std::string_view address) {
  if (principal.networks.empty()) return true;
  auto parsed = parse_address(address);
  return parsed && std::ranges::any_of(principal.networks,
                                       [&](const Network& network) { return network.contains(*parsed); });
}

}  // namespace byline::http
