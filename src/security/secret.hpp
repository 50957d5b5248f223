#pragma once

#include <sodium/crypto_auth_hmacsha256.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace byline::security {

// Secrets that Byline gives out: shown once, kept only as a keyed digest.
//
//   auto secret = new_secret(kClientSecretPrefix);     // byl_4fJ…, for the caller
//   auto kept = to_hex(digester.digest(secret));       // for the log
//
// A secret is its prefix, 43 characters of base62 (256 random bits), and 6 of base62 that are the CRC-32 of
// all before them. The prefix lets scanners of source code find a leaked one; the checksum lets them, and us,
// tell it from nonsense without a look-up. GitHub's tokens have this form too.

inline constexpr std::string_view kClientSecretPrefix = "byl_";
inline constexpr std::string_view kAccessTokenPrefix = "bya_";
inline constexpr std::string_view kInitialAccessPrefix = "byi_";
inline constexpr std::string_view kRegistrationAccessPrefix = "byr_";
inline constexpr std::string_view kSessionPrefix = "bys_";
inline constexpr std::string_view kLinkPrefix = "byk_";

/// A fresh secret from the system's generator. Thread-safe.
std::string new_secret(std::string_view prefix);

/// True for what `new_secret(prefix)` can have made, as far as length, alphabet and checksum tell.
bool is_well_formed_secret(std::string_view text, std::string_view prefix);

/// The last four characters, which are of the checksum and so tell little.
std::string secret_hint(std::string_view secret);

/// What is kept of a secret.
struct SecretDigest {
  std::array<std::uint8_t, 32> bytes{};
};

/// 64 lower-case characters.
std::string to_hex(const SecretDigest& digest);
/// Reads exactly that form; anything else is nullopt.
std::optional<SecretDigest> digest_from_hex(std::string_view hex);

/// Takes the same time for equal and for different digests.
bool equal_constant_time(const SecretDigest& a, const SecretDigest& b);
/// The same for texts; their lengths are no secret.
bool equal_constant_time(std::string_view a, std::string_view b);

/// HMAC-SHA-256 under the deployment's key. A slow password hash would add nothing: there are 256 bits to
/// guess. The key makes a copied log useless for trying secrets of other origin. Thread-safe; does not
/// allocate.
class SecretDigester {
 public:
  explicit SecretDigester(const std::array<std::uint8_t, 32>& key);
  ~SecretDigester();
  SecretDigester(const SecretDigester&) = default;
  SecretDigester& operator=(const SecretDigester&) = default;

  SecretDigest digest(std::string_view secret) const;

 private:
  crypto_auth_hmacsha256_state keyed_;  ///< the key is hashed in already: two blocks less for each digest
};

}  // namespace byline::security
