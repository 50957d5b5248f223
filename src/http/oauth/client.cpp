#include "http/oauth/client.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include "engine/clock.hpp"
#include "http/authentication.hpp"

namespace byline::http {
namespace {

constexpr std::size_t kRemembered = 8192;  ///< clients a thread; past that it starts anew
constexpr std::int64_t kNoteEvery =
    1'000'000;  ///< microseconds between two notes of a credential's use, a thread

struct Presented {
  std::string id;
  std::string secret;
};

/// The one way that the client took.
std::expected<Presented, Response> presented_in(const OAuthRequest& request) {
  const auto* id = request.parameter("client_id");
  const auto* secret = request.parameter("client_secret");
  if (const auto& basic = request.basic()) {
    if (secret || (id && *id != basic->id))
      return std::unexpected(
          refuse_oauth(400, "invalid_request", "The client may authenticate in one way only."));
    return Presented{basic->id, basic->secret};
  }
  return Presented{id ? *id : std::string(), secret ? *secret : std::string()};
}

struct Remembered {
  Client client;
  Time good_until;
  std::uint64_t access_epoch = 0;
  Time noted_at;
};

std::expected<Remembered, Response> look_up(const Call& call, const AccountId& account,
                                            const security::SecretDigest& digest, Time now) {
  const auto& engine = call.services.engine;
  auto epoch = engine.access_epoch();  // before reading: see Engine::access_epoch
  auto reader = engine.reader();
  if (!reader)
    return std::unexpected(refuse_oauth(503, "temporarily_unavailable", "The storage is being opened."));
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
  return Remembered{{std::move(*principal), found->id}, good_until, epoch, {}};
}

/// The client whose secret this is; each thread remembers it until somebody's access changes.
std::expected<Remembered*, Response> find_client(const Call& call, const Presented& presented, Time now) {
  thread_local boost::unordered_flat_map<std::string, Remembered> remembered;
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
  if (remembered.size() >= kRemembered) remembered.clear();
  return &remembered.insert_or_assign(std::move(key), std::move(*looked_up)).first->second;
}

}  // namespace

std::expected<Client, Response> authenticate_client(Call& call, const OAuthRequest& request) {
  auto presented = presented_in(request);
  if (!presented) return std::unexpected(std::move(presented.error()));
  auto now = system_now();
  auto found = find_client(call, *presented, now);
  if (!found) return std::unexpected(std::move(found.error()));
  auto& [client, good_until, epoch, noted_at] = **found;
  if (!may_come_from(client.principal, call.request.remote_address)) return std::unexpected(refuse_client());
  if (!client.principal.licensed) {
    return std::unexpected(
        refuse_oauth(403, "api_not_licensed", "The organization's plan does not include the API."));
  }
  if (now.micros - noted_at.micros >= kNoteEvery) {
    noted_at = now;
    call.services.engine.note_credential_use(client.principal.organization, client.principal.account,
                                             client.credential, call.request.remote_address);
  }
  call.principal = client.principal;
  call.credential = client.credential;
  return client;
}

}  // namespace byline::http
