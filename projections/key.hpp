#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "events/event.hpp"

namespace byline {

// Keys of rows are sequences of parts whose order as bytes is the order wanted. Fixed-length parts stand
// first, so that one organization's rows are one range.

inline void append_part(std::string& key, char table) { key += table; }
inline void append_part(std::string& key, std::string_view text) { key += text; }
template <class Tag>
void append_part(std::string& key, const Id<Tag>& id) {
  key += id.view();
}
/// Big-endian, so that positions sort as numbers do.
inline void append_part(std::string& key, Position position) {
  for (int shift = 56; shift >= 0; shift -= 8) key += static_cast<char>(position.value >> shift & 0xFF);
}

template <class... Parts>
std::string make_key(const Parts&... parts) {
  std::string key;
  key.reserve(56);
  (append_part(key, parts), ...);
  return key;
}

/// The position that a key ends with.
inline Position position_at_end(std::string_view key) {
  std::uint64_t value = 0;
  for (unsigned char byte : key.substr(key.size() - 8)) value = value << 8 | byte;
  return {value};
}

}  // namespace byline
