#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace byline::security {

/// The text with the letters A to Z in lower case, and all else as it is.
inline std::string lower(std::string_view text) {
  std::string lowered(text);
  std::ranges::transform(lowered, lowered.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  return lowered;
}

}  // namespace byline::security
