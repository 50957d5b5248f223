#pragma once

#include <cstddef>

namespace byline {

// Bounds of the domain. Those of single texts stand with their parsers (text.hpp, email.hpp).
inline constexpr std::size_t kMaxRolesOfAccount = 50;
inline constexpr std::size_t kMaxMembersOfTeam = 500;
inline constexpr std::size_t kMaxTeamsOfAccount = 100;
inline constexpr std::size_t kMaxAccessList = 100;          ///< accounts and teams that one access list names
inline constexpr std::size_t kMaxCollections = 200;         ///< that an organization adds
inline constexpr std::size_t kMaxSchemaBytes = 64 * 1024;   ///< a collection's JSON Schema
inline constexpr std::size_t kMaxRecordBytes = 256 * 1024;  ///< a record's attributes, as compact JSON
inline constexpr std::size_t kMaxRecordDepth = 32;          ///< levels of nesting in a record's attributes

}  // namespace byline
