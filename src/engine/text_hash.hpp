#pragma once

#include <xxhash.h>

#include <cstddef>
#include <string_view>

namespace byline {

/// XXH3 of texts, for hash tables. Boost's hash takes four bytes at a time, one after the other, which for
/// keys of 50 bytes is longer than finding them. As Boost's it has no secret seed.
struct TextHash {
  using is_transparent = void;
  using is_avalanching = void;
  std::size_t operator()(std::string_view text) const { return XXH3_64bits(text.data(), text.size()); }
};

}  // namespace byline
