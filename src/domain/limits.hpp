#pragma once

#include <cstddef>

namespace byline {

// Bounds of the domain. Those of single texts stand with their parsers (text.hpp, email.hpp).
inline constexpr std::size_t kMaxRolesOfAccount = 50;
inline constexpr std::size_t kMaxRecordBytes = 256 * 1024;  ///< a record's attributes, as compact JSON
inline constexpr std::size_t kMaxRecordDepth = 32;          ///< levels of nesting in a record's attributes

}  // namespace byline
