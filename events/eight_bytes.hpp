#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

namespace byline::eight_bytes {

// Eight bytes of text looked at all at once, in one machine word. A byte's answer is its highest bit.

inline constexpr std::uint64_t all(std::uint8_t byte) { return 0x0101010101010101U * byte; }
inline constexpr std::uint64_t kHigh = all(0x80);

inline std::uint64_t load(const char* text) {
  static_assert(std::endian::native == std::endian::little);
  std::uint64_t word;
  std::memcpy(&word, text, sizeof word);
  return word;
}

/// Of bytes below 128 those that are at least this; the lower bits of the answer mean nothing.
inline constexpr std::uint64_t at_least(std::uint64_t ascii, char least) {
  return ascii + all(static_cast<std::uint8_t>(0x80 - least));
}

/// Not zero where one is this.
inline constexpr std::uint64_t any_is(std::uint64_t word, char wanted) {
  auto differences = word ^ all(static_cast<std::uint8_t>(wanted));
  return (differences - all(1)) & ~differences & kHigh;
}

}  // namespace byline::eight_bytes
