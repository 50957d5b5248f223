#include "http/oauth/client.hpp"

#include <boost/unordered/unordered_flat_map.hpp>
#include <nlohmann/json.hpp>

#include "engine/clock.hpp"
#include "http/authentication.hpp"
#include "http/delay.hpp"
#include "security/certificate.hpp"
#include "security/jws.hpp"

namespace byline::http {
namespace {

constexpr std::size_t kRememberedClients = 8192;  ///< clients a thread; past that it starts anew
constexpr std::int64_t kNoteEvery =
    1'000'000;  ///< microseconds between two notes of a credential's use, a thread

Response refuse_two_ways() {
  return refuse_oauth(400, "invalid_request", "The client may authenticate in one way only.");
}
Response refuse_unavailable() {
  return refuse_oauth(503, "temporarily_unavailable", "The storage cannot be used at the moment.");
}
/// For who shows by what it sends that it knows what it is doing, so that it can mend it.
Response refuse_assertion(const std::string& why) {
  return refuse_oauth(401, "invalid_client", "The client assertion cannot be taken: " + why + ".");
}

struct Presented {
  std::string id;
  std::string secret;
};

/// The one way that the client took.
std::expected<Presented, Response> presented_in(const OAuthRequest& request) {
  const auto* id = request.parameter("client_id");
  const auto* secret = request.parameter("client_secret");
  if (const auto& basic = request.basic()) {
    if (secret || (id && *id != basic->id)) return std::unexpected(refuse_two_ways());
    return Presented{basic->id, basic->secret};
  }
  return Presented{id ? *id : std::string(), secret ? *secret : std::string()};
}

struct RememberedClient {
  Client client;
  Time good_until;
  std::uint64_t access_epoch = 0;
  Time noted_at;
};

std::expected<RememberedClient, Response> look_up(const Call& call, const AccountId& account,
                                                  const security::SecretDigest& digest, Time now) {
  const auto& engine = call.services.engine;
  auto epoch = engine.access_epoch();  // before reading: see Engine::access_epoch
  auto reader = engine.reader();
  if (!reader) return std::unexpected(refuse_unavailable());
  auto found = find_client_secret(*reader, account, to_hex(digest));
  auto kept = found ? security::digest_from_hex(found->row.digest.value_or("")) : std::nullopt;
  if (!kept || !security::equal_constant_time(*kept, digest)) return std::unexpected(refuse_client());
  const auto& row = found->row;
  if (row.is_over(now)) {
    call.services.engine.note_credential_refusal(row.organization, account, found->id,
                                                 call.request.remote_address);
    return std::unexpected(refuse_client());
  }
  auto principal = find_principal(*reader, row.organization, account);
  if (!principal || !principal->is_active(now)) return std::unexpected(refuse_client());
  auto good_until =
      std::min(row.expires_at.value_or(Time{INT64_MAX}), principal->expires_at.value_or(Time{INT64_MAX}));
  return RememberedClient{{std::move(*principal), found->id}, good_until, epoch, {}};
}

/// The client whose secret this is; each thread remembers it until somebody's access changes.
std::expected<RememberedClient*, Response> find_client(const Call& call, const Presented& presented,
                                                       Time now) {
  thread_local boost::unordered_flat_map<std::string, RememberedClient> remembered;
  // The work is the same whether or not there is such a client.
  auto account = parse_id<AccountId>(presented.id).value_or(AccountId{});
  auto digest = call.services.digester.digest(presented.secret);
  std::string key(account.view());
  key.append(reinterpret_cast<const char*>(digest.bytes.data()), digest.bytes.size());
  auto found = remembered.find(key);
  if (found != remembered.end() && found->second.access_epoch == call.services.engine.access_epoch() &&
      now < found->second.good_until) {
    return &found->second;
  }
  auto looked_up = look_up(call, account, digest, now);
  if (!looked_up) return std::unexpected(std::move(looked_up.error()));
  if (remembered.size() >= kRememberedClients) remembered.clear();
  return &remembered.insert_or_assign(std::move(key), std::move(*looked_up)).first->second;
}

// -- by assertion --

constexpr std::string_view kAssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
constexpr std::size_t kMaxTried = 8;  ///< keys that a signature is checked with

/// What may have signed the assertion: the client's keys of that algorithm, and of that name where one is
/// named.
struct Candidate {
  CredentialId credential;
  security::PublicKey key;
};
struct Candidates {
  std::vector<Candidate> keys;
  std::vector<std::pair<CredentialId, std::string>> sets;  ///< addresses of key sets
};

bool fits(const security::Jws& jws, const std::string& kid, const security::PublicKey& key) {
  auto wanted = jws.header.value("kid", nlohmann::json());
  if (wanted.is_string() && !kid.empty() && wanted != kid && wanted != key.thumbprint()) return false;
  return jws.header.at("alg") == name_of(key.algorithm());
}

Candidates candidates_of(const Reader& reader, const AccountId& account, const security::Jws& jws, Time now) {
  Candidates found;
  for (const auto& [id, row] : live_credentials(reader, account)) {
    if (row.is_over(now)) continue;
    if (row.kind == CredentialKind::key_set) found.sets.emplace_back(id, *row.url);
    if (row.kind != CredentialKind::public_key) continue;
    auto jwk = nlohmann::json::parse(row.key->text);
    auto key = security::PublicKey::from_jwk(jwk);
    if (key && fits(jws, jwk.value("kid", std::string()), *key)) found.keys.push_back({id, std::move(*key)});
  }
  return found;
}

/// Adds what the client publishes itself.
Awaitable<void> add_published(const Services& services, const security::Jws& jws, Candidates& candidates) {
  auto wanted = jws.header.value("kid", nlohmann::json());
  auto kid = wanted.is_string() ? wanted.get<std::string>() : std::string();
  for (const auto& [credential, url] : candidates.sets) {
    auto set = co_await services.key_sets.get(url, kid);
    if (!set) continue;
    for (const auto& [name, key] : set->keys) {
      if (fits(jws, name, key)) candidates.keys.push_back({credential, key});
    }
  }
}

/// The credential whose key signed it. Where there is none to check with, the time is taken all the same.
std::optional<CredentialId> signer_of(const security::Jws& jws, const Candidates& candidates) {
  static const auto nobodys = security::SigningKey::generate(SignatureAlgorithm::es256).public_key();
  if (candidates.keys.empty()) static_cast<void>(nobodys.verify(jws.signed_text, jws.signature));
  std::size_t tried = 0;
  for (const auto& [credential, key] : candidates.keys) {
    if (tried++ == kMaxTried) break;
    if (jws.is_signed_by(key)) return credential;
  }
  return std::nullopt;
}

Awaitable<std::expected<Client, Response>> find_by_assertion(Call& call, const OAuthRequest& request) {
  auto now = system_now();
  const auto& text = *request.parameter("client_assertion");
  const auto* type = request.parameter("client_assertion_type");
  if (!type || *type != kAssertionType)
    co_return std::unexpected(
        refuse_assertion("client_assertion_type is not " + std::string(kAssertionType)));
  auto jws = security::read_jws(text);
  if (!jws) co_return std::unexpected(refuse_assertion(jws.error()));
  const auto* subject = jws->text("sub");
  const auto* id = request.parameter("client_id");
  if (!subject || (id && *id != *subject))
    co_return std::unexpected(refuse_assertion("its sub is not the client's id"));
  const auto& base = call.services.base_url;
  auto assertion = security::check_assertion(
      *jws, *subject, {base, base + "/oauth2/token", base + std::string(call.request.path)}, now);
  if (!assertion) co_return std::unexpected(refuse_assertion(assertion.error()));

  auto account = parse_id<AccountId>(*subject).value_or(AccountId{});
  auto reader = call.services.engine.reader();
  if (!reader) co_return std::unexpected(refuse_unavailable());
  auto candidates = candidates_of(*reader, account, *jws, now);
  reader.reset();  // it holds the storage open, and fetching may take seconds
  co_await add_published(call.services, *jws, candidates);
  auto credential = signer_of(*jws, candidates);
  if (!credential) co_return std::unexpected(refuse_client());
  // Only now, or anybody could use up others' ids.
  auto first =
      call.services.engine.take_once("assertion " + *subject + " " + assertion->id, assertion->expires_at);
  if (!first) co_return std::unexpected(refuse_unavailable());
  if (!*first) co_return std::unexpected(refuse_assertion("its jti was used before"));
  reader = call.services.engine.reader();
  auto row = reader ? find_credential(*reader, account, *credential) : std::nullopt;
  auto principal =
      row && !row->is_over(now) ? find_principal(*reader, row->organization, account) : std::nullopt;
  if (!principal || !principal->is_active(now)) co_return std::unexpected(refuse_client());
  co_return Client{std::move(*principal), *credential};
}

// -- by certificate --

bool is_proof(const CredentialRow& row, const security::Certificate& certificate,
              const std::string& thumbprint, bool is_trusted) {
  if (row.kind == CredentialKind::certificate) return row.thumbprint == thumbprint;
  return row.kind == CredentialKind::certificate_name && is_trusted &&
         certificate.has_name(row.name_type.value(), row.name.value());
}

std::expected<Client, Response> find_by_certificate(const Call& call, const std::string& client_id) {
  auto now = system_now();
  auto certificate = security::Certificate::from_der(call.request.client_certificate);
  auto account = parse_id<AccountId>(client_id);
  if (!certificate || !account || !certificate->is_good_at(now)) return std::unexpected(refuse_client());
  auto reader = call.services.engine.reader();
  if (!reader) return std::unexpected(refuse_unavailable());
  auto thumbprint = certificate->thumbprint();
  for (const auto& [id, row] : live_credentials(*reader, *account)) {
    if (row.is_over(now) ||
        !is_proof(row, *certificate, thumbprint, call.request.is_client_certificate_trusted))
      continue;
    auto principal = find_principal(*reader, row.organization, *account);
    if (!principal || !principal->is_active(now)) break;
    return Client{std::move(*principal), id, thumbprint};
  }
  return std::unexpected(refuse_client());
}

std::expected<Client, Response> find_by_secret(Call& call, const OAuthRequest& request, bool& note) {
  auto presented = presented_in(request);
  if (!presented) return std::unexpected(std::move(presented.error()));
  auto now = system_now();
  auto found = find_client(call, *presented, now);
  if (!found) return std::unexpected(std::move(found.error()));
  // A use is noted now and then: it is about seconds, not about numbers.
  note = now.micros - (*found)->noted_at.micros >= kNoteEvery;
  if (note) (*found)->noted_at = now;
  return (*found)->client;
}

// -- who fails again and again --

/// Who the client says that it is; what is told apart need not be true.
std::string claim_of(const OAuthRequest& request) {
  if (request.basic()) return request.basic()->id;
  if (const auto* id = request.parameter("client_id")) return *id;
  const auto* text = request.parameter("client_assertion");
  auto jws = text ? security::read_jws(*text) : std::unexpected(std::string());
  const auto* subject = jws ? jws->text("sub") : nullptr;
  return subject ? *subject : std::string();
}

/// Makes who goes on failing wait for the answer, and locks them out. Who then comes with what is right is
/// let in all the same: there are 256 bits to guess, and a lock-out of others' making would be worse.
Awaitable<Response> slow_down(const Call& call, const OAuthRequest& request, Response refusal) {
  if (refusal.status != 401) co_return refusal;
  const auto& services = call.services;
  auto claim = claim_of(request);
  auto now = system_now();
  auto cost = services.failed_attempts.note(claim, call.request.remote_address, now);
  services.engine.note_failed_sign_in(parse_id<AccountId>(claim).value_or(AccountId{}),
                                      call.request.remote_address, cost.just_locked);
  if (cost.locked_for > 0) {
    auto response = refuse_oauth(429, "temporarily_unavailable",
                                 "Too many attempts from this address have failed; see Retry-After.");
    response.headers.emplace_back("Retry-After", std::to_string(cost.locked_for));
    co_return response;
  }
  if (cost.delay.count() > 0) co_await rest_for(cost.delay);
  co_return refusal;
}

}  // namespace

Awaitable<std::expected<Client, Response>> authenticate_client(Call& call, const OAuthRequest& request) {
  bool asserts = request.parameter("client_assertion") != nullptr;
  if (asserts && (request.basic() || request.parameter("client_secret")))
    co_return std::unexpected(refuse_two_ways());
  bool note = true;
  std::expected<Client, Response> client;
  bool has_secret = request.basic() || request.parameter("client_secret");
  const auto* id = request.parameter("client_id");
  if (asserts) {
    client = co_await find_by_assertion(call, request);
  } else if (!has_secret && id && !call.request.client_certificate.empty()) {
    client = find_by_certificate(call, *id);
  } else {
    client = find_by_secret(call, request, note);
  }
  if (!client) co_return std::unexpected(co_await slow_down(call, request, std::move(client.error())));
  const auto& principal = client->principal;
  call.services.failed_attempts.forget(claim_of(request), call.request.remote_address);
  if (!may_come_from(principal, call.request.remote_address)) co_return std::unexpected(refuse_client());
  if (!principal.licensed) {
    co_return std::unexpected(
        refuse_oauth(403, "api_not_licensed", "The organization's plan does not include the API."));
  }
  if (note) {
    call.services.engine.note_credential_use(principal.organization, principal.account, client->credential,
                                             call.request.remote_address);
  }
  call.principal = principal;
  call.credential = client->credential;
  if (auto kept = keep_rate(call); !kept) {
    auto response =
        refuse_oauth(429, "temporarily_unavailable", "The client makes more requests than it may.");
    response.headers.emplace_back("Retry-After", std::to_string(call.rate->reset));
    co_return std::unexpected(std::move(response));
  }
  co_return client;
}

}  // namespace byline::http
