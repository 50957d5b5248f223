#pragma once

#include <sodium.h>

#include <array>
#include <string>
#include <string_view>

namespace byline {

/// 128 bits of BLAKE2b: what stands in a key in the place of a text that tells of a person. RocksDB keeps the
/// first and last key of every file in its manifest, where they outlive the rows.
inline std::string digest_in_key(std::string_view text) {
  std::array<unsigned char, 16> digest;
  crypto_generichash_blake2b(digest.data(), digest.size(),
                             reinterpret_cast<const unsigned char*>(text.data()), text.size(), nullptr, 0);
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace byline
