#pragma once

#include <cstddef>
#include <cstdint>

namespace byline {

// Bounds of the domain. Those of single texts stand with their parsers (text.hpp, email.hpp).
inline constexpr std::size_t kMaxRolesOfAccount = 50;
inline constexpr std::size_t kMaxMembersOfTeam = 500;
inline constexpr std::size_t kMaxTeamsOfAccount = 100;
inline constexpr std::size_t kMaxTagsOfApplication = 50;
inline constexpr std::size_t kMaxNetworksOfApplication = 100;
inline constexpr std::size_t kMaxCredentialsOfAccount = 100;  ///< that are not revoked
inline constexpr std::size_t kMaxSessionsOfUser = 50;
inline constexpr std::size_t kMaxKeysOfRegistration = 20;
inline constexpr std::size_t kMaxAccessList = 100;          ///< accounts and teams that one access list names
inline constexpr std::size_t kMaxCollections = 200;         ///< that an organization adds
inline constexpr std::size_t kMaxSchemaBytes = 64 * 1024;   ///< a collection's JSON Schema
inline constexpr std::size_t kMaxRecordBytes = 256 * 1024;  ///< a record's attributes, as compact JSON
inline constexpr std::size_t kMaxRecordDepth = 32;          ///< levels of nesting in a record's attributes

// Bounds of numbers, the ends included.
struct Range {
  std::int64_t least;
  std::int64_t most;
};
inline constexpr Range kTokenLifetimes{60, 24 * 60 * 60};      ///< seconds
inline constexpr Range kRateLimits{1, 1'000'000};              ///< requests a second
inline constexpr Range kSecretAges{1, 3650};                   ///< days
inline constexpr Range kRegistrations{1, 1'000'000};           ///< by one initial access token
inline constexpr std::int64_t kLinkLifetime = 72LL * 60 * 60;  ///< seconds, where nothing is asked for
inline constexpr std::int64_t kMaxLinkLifetime = 7LL * 24 * 60 * 60;
inline constexpr Range kRotationOverlaps{0, 90LL * 24 * 60 * 60};  ///< seconds

}  // namespace byline
