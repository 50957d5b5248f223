#include "service/signing_keys.hpp"

#include <spdlog/spdlog.h>

#include "byline/service.hpp"
#include "engine/clock.hpp"
#include "events/codec.hpp"
#include "http/token_keys.hpp"
#include "projections/memory_rows.hpp"
#include "security/sealed_key.hpp"
#include "service/carry_out.hpp"
#include "service/keys.hpp"
#include "service/operator.hpp"

namespace byline {
namespace {

using namespace std::chrono_literals;
using http::KnownKey;

constexpr std::int64_t kMicrosPerDay = 24LL * 60 * 60 * 1'000'000;
constexpr auto kCheckEvery = 60s;

std::expected<void, std::string> add_key(Engine& engine, CreateSigningKey command) {
  auto failure = failure_of(carry_out(engine, OrganizationId{}, std::move(command)));
  if (!failure.empty()) return std::unexpected(failure);
  return {};
}

SigningKeyInfo info_of(const KnownKey& key, const std::vector<KnownKey>& keys, Time now) {
  return {to_string(key.id),
          key.kid,
          std::string(name_of(key.row.algorithm)),
          std::string(http::status_of(key, keys, now)),
          to_string(key.row.created_at),
          to_string(key.row.use_from),
          key.good_until.micros == INT64_MAX ? std::string() : to_string(key.good_until)};
}

std::vector<KnownKey> keys_in(const Engine& engine) {
  auto reader = engine.reader();
  return reader ? http::known_keys(signing_keys(*reader)) : std::vector<KnownKey>();
}

}  // namespace

std::expected<void, std::string> ensure_signing_key(Engine& engine, const security::DeploymentKeys& keys,
                                                    std::optional<SignatureAlgorithm> algorithm) {
  auto now = system_now();
  auto known = keys_in(engine);
  const auto* signer = http::signer_among(known, now);
  if (signer && !security::open_signing_key(keys.seal_key, signer->kid, signer->row.sealed_key)) {
    return std::unexpected(
        "The key-encryption key is not the one of this data: it does not open the keys in the log. Restore "
        "the "
        "right one.");
  }
  // The one of an early release goes on to count, so that tokens outlive the change.
  if (!signer && keys.signing_key) {
    auto adopted = add_key(engine, http::adopt_signing_key(keys.seal_key, *keys.signing_key, now));
    if (!adopted) return adopted;
    known = keys_in(engine);
    signer = http::signer_among(known, now);
  }
  auto wanted = algorithm.value_or(signer ? signer->row.algorithm : SignatureAlgorithm::es256);
  if (signer && signer->row.algorithm == wanted) return {};
  return add_key(engine, http::make_signing_key(keys.seal_key, wanted, system_now()));
}

// -- by age --

KeyRotation::KeyRotation(Engine& engine, const security::Key& key_encryption_key, std::int64_t days)
    : engine_(engine), key_encryption_key_(key_encryption_key), days_(days), thread_([this] { run(); }) {}

KeyRotation::~KeyRotation() {
  {
    std::lock_guard guard(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void KeyRotation::run() {
  std::unique_lock guard(mutex_);
  while (!stopping_) {
    guard.unlock();
    try {
      rotate_if_due();
    } catch (const std::exception& error) {
      spdlog::error("the key that signs tokens cannot be replaced: {}", error.what());
    }
    guard.lock();
    wake_.wait_for(guard, kCheckEvery, [this] { return stopping_; });
  }
}

void KeyRotation::rotate_if_due() {
  if (days_ == 0 || !engine_.is_writable()) return;
  auto known = keys_in(engine_);
  auto now = system_now();
  const auto* signer = http::signer_among(known, now);
  bool has_next = std::ranges::any_of(
      known, [&](const KnownKey& key) { return !key.row.revoked_at && key.row.use_from > now; });
  if (!signer || has_next ||
      now.micros - signer->row.use_from.micros < days_ * kMicrosPerDay - kPublishedBefore)
    return;
  auto added = add_key(engine_, http::make_signing_key(key_encryption_key_, signer->row.algorithm,
                                                       Time{now.micros + kPublishedBefore}));
  if (!added) throw std::runtime_error(added.error());
  spdlog::info("a new key to sign tokens with was published; it is used in an hour");
}

// -- for the operator --

std::expected<std::vector<SigningKeyInfo>, std::string> list_signing_keys(const std::filesystem::path& data) {
  MemoryRows rows;
  SigningKeysProjection projection;
  auto read = read_log({.data = data}, 0, [&](std::uint64_t, std::string_view json) {
    if (json.find(R"("type":"SigningKey)") == std::string_view::npos) return true;
    if (auto entry = decode(json)) projection.apply(*entry, rows);
    return true;
  });
  if (!read) return std::unexpected(read.error());
  std::vector<std::pair<SigningKeyId, SigningKeyRow>> found;
  for (const auto& [key, value] : rows.all())
    found.emplace_back(id_from_bytes<SigningKeyId>(key), parse_signing_key_row(value));
  auto known = http::known_keys(std::move(found));
  auto now = system_now();
  std::vector<SigningKeyInfo> infos;
  infos.reserve(known.size());
  for (const auto& key : known) infos.push_back(info_of(key, known, now));
  return infos;
}

std::expected<void, std::string> rotate_signing_key(const std::filesystem::path& data,
                                                    const std::filesystem::path& key_file,
                                                    const std::string& algorithm) {
  auto opened = open_stopped(data, key_file, "POST /admin/signing-keys gives it a new key");
  if (!opened) return std::unexpected(opened.error());
  auto& [metrics, engine, keys] = **opened;
  if (auto ensured = ensure_signing_key(*engine, keys, std::nullopt); !ensured) return ensured;
  auto known = keys_in(*engine);
  const auto* signer = http::signer_among(known, system_now());
  auto wanted =
      algorithm.empty() ? std::optional(signer->row.algorithm) : signature_algorithm_named(algorithm);
  if (!wanted)
    return std::unexpected("There is no algorithm \"" + algorithm + "\": use ES256, EdDSA or RS256.");
  return add_key(*engine, http::make_signing_key(keys.seal_key, *wanted, system_now()));
}

std::expected<void, std::string> revoke_signing_key(const std::filesystem::path& data,
                                                    const std::filesystem::path& key_file,
                                                    const std::string& kid) {
  auto opened = open_stopped(data, key_file, "POST /admin/signing-keys gives it a new key");
  if (!opened) return std::unexpected(opened.error());
  auto& [metrics, engine, keys] = **opened;
  auto known = keys_in(*engine);
  auto found = std::ranges::find(known, kid, &KnownKey::kid);
  if (found == known.end()) return std::unexpected("There is no key " + kid + ": see byline keys list.");
  if (found->row.revoked_at) return std::unexpected("The key " + kid + " is revoked already.");
  auto failure = failure_of(carry_out(*engine, OrganizationId{}, RevokeSigningKey{found->id}));
  if (!failure.empty()) return std::unexpected(failure);
  return ensure_signing_key(*engine, keys, found->row.algorithm);
}

}  // namespace byline
