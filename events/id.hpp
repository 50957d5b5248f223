#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace byline {

/// A 128-bit identifier, a UUIDv7 (RFC 9562 §5.7) wherever Byline makes one, so that ids sort by time of
/// birth. `Tag` keeps the ids of different things apart at compile time. Text form: 36 lower-case characters.
template <class Tag>
struct Id {
  std::array<std::uint8_t, 16> bytes{};

  friend bool operator==(const Id&, const Id&) = default;
  friend auto operator<=>(const Id&, const Id&) = default;

  /// The sixteen bytes, for use as a part of a key.
  std::string_view view() const { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
  bool is_nil() const { return *this == Id{}; }
};

using OrganizationId = Id<struct OrganizationTag>;
using AccountId = Id<struct AccountTag>;  ///< a user or an application: both are accounts
using RoleId = Id<struct RoleTag>;
using CredentialId = Id<struct CredentialTag>;
using RecordId = Id<struct RecordTag>;
using TeamId = Id<struct TeamTag>;
using CollectionId = Id<struct CollectionTag>;
using TokenId = Id<struct TokenTag>;  ///< an access token's `jti`
using SigningKeyId = Id<struct SigningKeyTag>;
using RebuildId = Id<struct RebuildTag>;  ///< of a piece of work on views
using EventId = Id<struct EventTag>;
using CommandId = Id<struct CommandTag>;

/// The actor of what Byline does by itself or what an operator does at the command line.
inline constexpr AccountId kSystemAccount{};

/// Writes the 36 characters of a UUID. `out` has room for 36.
void format_uuid(const std::array<std::uint8_t, 16>& bytes, char* out);
/// Reads exactly the 36-character form, in either case; anything else is nullopt.
std::optional<std::array<std::uint8_t, 16>> parse_uuid(std::string_view text);

template <class Tag>
std::string to_string(const Id<Tag>& id) {
  std::string text(36, '\0');
  format_uuid(id.bytes, text.data());
  return text;
}

template <class I>
std::optional<I> parse_id(std::string_view text) {
  auto bytes = parse_uuid(text);
  if (!bytes) return std::nullopt;
  return I{*bytes};
}

/// From the sixteen bytes of `view()`.
template <class I>
I id_from_bytes(std::string_view raw) {
  I id;
  raw.copy(reinterpret_cast<char*>(id.bytes.data()), id.bytes.size());
  return id;
}

/// The last eight bytes of a UUIDv7 are random: they are the hash.
template <class Tag>
std::size_t hash_value(const Id<Tag>& id) {
  std::uint64_t tail;
  std::memcpy(&tail, id.bytes.data() + 8, sizeof tail);
  return tail * 0x9E3779B97F4A7C15ULL;
}

}  // namespace byline

template <class Tag>
struct std::hash<byline::Id<Tag>> {
  std::size_t operator()(const byline::Id<Tag>& id) const { return hash_value(id); }
};
