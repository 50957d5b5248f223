#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "domain/signing_key.hpp"
#include "engine/engine.hpp"
#include "security/access_token.hpp"
#include "security/seal.hpp"

namespace byline::http {

/// A key of the log, with its times.
struct KnownKey {
  SigningKeyId id;
  SigningKeyRow row;
  std::string kid;
  Time good_until;  ///< what it signed counts until here; far away for the newest one
};
/// All of them, in the order in which they sign.
std::vector<KnownKey> known_keys(std::vector<std::pair<SigningKeyId, SigningKeyRow>> rows);
/// The one that signs at that moment; nullptr where there is none.
const KnownKey* signer_among(const std::vector<KnownKey>& keys, Time now);
/// `next`, `active`, `retired` (signs no more, but what it signed counts), `over` or `revoked`.
std::string_view status_of(const KnownKey& key, const std::vector<KnownKey>& keys, Time now);

/// A fresh key, to sign from `use_from`. For RS256 it takes a part of a second.
CreateSigningKey make_signing_key(const security::Key& key_encryption_key, SignatureAlgorithm algorithm,
                                  Time use_from);
/// The same with a key that is there.
CreateSigningKey adopt_signing_key(const security::Key& key_encryption_key, const security::SigningKey& key,
                                   Time use_from);

/// The keys that tokens are signed with, as the log has them at the moment.
class TokenKeys {
 public:
  TokenKeys(const Engine& engine, const security::Key& key_encryption_key, std::string issuer);

  /// Follows every change of the keys. Thread-safe. Throws std::runtime_error where the storage cannot be
  /// read, holds no key, or one that the key-encryption key does not open.
  std::shared_ptr<const security::AccessTokens> current() const;

 private:
  std::shared_ptr<const security::AccessTokens> open_keys() const;

  const Engine& engine_;
  const security::Key key_encryption_key_;
  const std::string issuer_;
  const std::uint64_t instance_;
  mutable std::mutex mutex_;
  mutable std::shared_ptr<const security::AccessTokens> shared_;
  mutable std::uint64_t shared_epoch_ = 0;
};

}  // namespace byline::http
