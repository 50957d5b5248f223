#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "events/id.hpp"
#include "events/time.hpp"

namespace byline {

// Answers kept so that a request repeated under the same `Idempotency-Key`
// (draft-ietf-httpapi-idempotency-key- header) gets the same one. They are not derived from the log: a client
// secret stands in one of them, sealed so that only who knows the key can read it.

/// For how long a repeated request gets the same answer, in microseconds.
inline constexpr std::int64_t kAnswerLifetime = 24LL * 60 * 60 * 1'000'000;

/// A request that carries an idempotency key.
struct KeyedRequest {
  std::string key_digest;                      ///< of the key, which itself is not kept
  std::array<std::uint8_t, 16> fingerprint{};  ///< of the whole request
};

struct KeptAnswer {
  std::array<std::uint8_t, 16> fingerprint{};
  std::string bytes;  ///< opaque to the engine
};

std::string answer_key(const AccountId& actor, const KeyedRequest& request);
std::string write_answer(const KeyedRequest& request, Time now, std::string_view bytes);
/// nullopt for one whose time is over.
std::optional<KeptAnswer> read_answer(std::string_view row, Time now);
bool is_expired_answer(std::string_view row, Time now);

}  // namespace byline
