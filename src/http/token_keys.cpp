#include "http/token_keys.hpp"

#include <algorithm>
#include <atomic>
#include <nlohmann/json.hpp>
#include <ranges>
#include <stdexcept>

#include "domain/limits.hpp"
#include "engine/clock.hpp"
#include "security/sealed_key.hpp"

namespace byline::http {
namespace {

/// For how long a token can be good after its key has signed the last one, and clocks differ.
constexpr std::int64_t kAfterlife =
    (kTokenLifetimes.most + security::AccessTokens::kMaxClockSkew) * kMicrosPerSecond;

}  // namespace

std::vector<KnownKey> known_keys(std::vector<std::pair<SigningKeyId, SigningKeyRow>> rows) {
  std::vector<KnownKey> keys;
  for (auto& [id, row] : rows) {
    auto kid = nlohmann::json::parse(row.public_key.text).value("kid", std::string());
    keys.push_back({id, std::move(row), std::move(kid), {INT64_MAX}});
  }
  std::ranges::sort(keys, {}, [](const KnownKey& key) { return std::pair(key.row.use_from, key.id); });
  // A revoked one has signed nothing that counts; the one before it goes on in its place.
  Time next{INT64_MAX};
  for (auto& key : keys | std::views::reverse) {
    if (key.row.revoked_at) {
      key.good_until = *key.row.revoked_at;
      continue;
    }
    if (next.micros != INT64_MAX) key.good_until = {next.micros + kAfterlife};
    next = key.row.use_from;
  }
  return keys;
}

const KnownKey* signer_among(const std::vector<KnownKey>& keys, Time now) {
  auto signs = [now](const KnownKey& key) { return !key.row.revoked_at && key.row.use_from <= now; };
  auto found = std::ranges::find_if(keys | std::views::reverse, signs);
  return found == keys.rend() ? nullptr : &*found;
}

std::string_view status_of(const KnownKey& key, const std::vector<KnownKey>& keys, Time now) {
  if (key.row.revoked_at) return "revoked";
  if (key.row.use_from > now) return "next";
  if (&key == signer_among(keys, now)) return "active";
  return key.good_until > now ? "retired" : "over";
}

CreateSigningKey adopt_signing_key(const security::Key& key_encryption_key, const security::SigningKey& key,
                                   Time use_from) {
  CreateSigningKey command;
  command.algorithm = key.algorithm();
  command.public_key.text = key.public_key().jwk(key.kid());
  command.sealed_key = security::seal_signing_key(key_encryption_key, key);
  command.use_from = use_from;
  return command;
}

CreateSigningKey make_signing_key(const security::Key& key_encryption_key, SignatureAlgorithm algorithm,
                                  Time use_from) {
  // A kid that begins with a hyphen would be taken for an option on a command line.
  auto key = security::SigningKey::generate(algorithm);
  while (key.kid().starts_with('-')) key = security::SigningKey::generate(algorithm);
  return adopt_signing_key(key_encryption_key, key, use_from);
}

TokenKeys::TokenKeys(const Engine& engine, const security::Key& key_encryption_key, std::string issuer)
    : engine_(engine), key_encryption_key_(key_encryption_key), issuer_(std::move(issuer)), instance_([] {
        static std::atomic<std::uint64_t> next = 1;
        return next.fetch_add(1);
      }()) {}

std::shared_ptr<const security::AccessTokens> TokenKeys::current() const {
  struct Remembered {
    std::uint64_t instance = 0;
    std::uint64_t epoch = 0;
    std::shared_ptr<const security::AccessTokens> tokens;
  };
  thread_local Remembered mine;
  auto epoch = engine_.keys_epoch();  // before reading: see Engine::access_epoch
  if (mine.instance == instance_ && mine.epoch == epoch) return mine.tokens;
  std::lock_guard guard(mutex_);
  if (shared_epoch_ != epoch) {
    shared_ = open_keys();
    shared_epoch_ = epoch;
  }
  mine = {instance_, epoch, shared_};
  return shared_;
}

std::shared_ptr<const security::AccessTokens> TokenKeys::open_keys() const {
  auto reader = engine_.reader();
  if (!reader) throw std::runtime_error("the storage is being opened");
  std::vector<security::TokenKey> opened;
  auto now = system_now();
  for (const auto& known : known_keys(signing_keys(*reader))) {
    if (known.row.revoked_at || known.good_until <= now) continue;
    auto key = security::open_signing_key(key_encryption_key_, known.kid, known.row.sealed_key);
    if (!key) throw std::runtime_error("the key-encryption key does not open the signing key " + known.kid);
    opened.push_back({std::move(*key), known.row.use_from, known.good_until});
  }
  if (opened.empty()) throw std::runtime_error("the log holds no key to sign tokens with");
  return std::make_shared<security::AccessTokens>(issuer_, issuer_, std::move(opened));
}

}  // namespace byline::http
