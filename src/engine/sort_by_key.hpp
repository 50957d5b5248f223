#pragma once

#include <algorithm>
#include <array>
#include <boost/endian/conversion.hpp>
#include <boost/sort/spreadsort/integer_sort.hpp>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace byline {
namespace sort_by_key_detail {

/// Eight bytes of a key from `depth` on, as a number that sorts as they do. Where the key ends sooner, zeros.
struct KeyPart {
  std::uint64_t bytes;
  std::uint32_t place;  ///< of what has the key
  std::uint32_t size;   ///< of what there is of the key from there on, up to nine: more than these
};
inline constexpr std::uint32_t kMore = 9;

template <class Keyed>
void load_part(KeyPart& part, const std::vector<Keyed>& all, std::size_t depth) {
  auto key = all[part.place].key();
  auto left = key.size() > depth ? key.size() - depth : 0;
  part.size = static_cast<std::uint32_t>(std::min<std::size_t>(left, kMore));
  std::array<unsigned char, 8> bytes{};
  key.copy(reinterpret_cast<char*>(bytes.data()), bytes.size(), std::min(depth, key.size()));
  part.bytes = boost::endian::load_big_u64(bytes.data());
}

/// By their keys, which are the same up to `depth`. What is compared lies side by side in memory: the keys
/// themselves, each somewhere else, are read once for eight bytes of them.
template <class Keyed>
void sort_parts(std::span<KeyPart> parts, const std::vector<Keyed>& all, std::size_t depth) {
  for (auto& part : parts) load_part(part, all, depth);
  boost::sort::spreadsort::integer_sort(
      parts.begin(), parts.end(), [](const KeyPart& part, unsigned bits) { return part.bytes >> bits; },
      [](const KeyPart& left, const KeyPart& right) { return left.bytes < right.bytes; });
  for (auto rest = parts; !rest.empty();) {
    auto other = std::ranges::find_if(
        rest, [bytes = rest.front().bytes](const KeyPart& part) { return part.bytes != bytes; });
    auto same = rest.first(static_cast<std::size_t>(other - rest.begin()));
    rest = rest.subspan(same.size());
    if (same.size() == 1) continue;
    // Those that end there come before the others.
    auto longer = std::ranges::partition(same, [](const KeyPart& part) { return part.size < kMore; });
    std::ranges::sort(same.begin(), longer.begin(), {}, &KeyPart::size);
    if (longer.size() > 1) sort_parts(std::span(longer), all, depth + 8);
  }
}

}  // namespace sort_by_key_detail

/// Puts things that have a `key()`, up to 2^32 of them, in the order of their keys as bytes. Those of equal
/// keys come in any order. Made for millions of keys that lie all over memory and begin alike.
template <class Keyed>
void sort_by_key(std::vector<Keyed>& all) {
  std::vector<sort_by_key_detail::KeyPart> parts(all.size());
  for (std::size_t i = 0; i < all.size(); ++i) parts[i].place = static_cast<std::uint32_t>(i);
  sort_by_key_detail::sort_parts(std::span(parts), all, 0);
  for (std::size_t first = 0; first < all.size(); ++first) {
    if (parts[first].place == first) continue;
    auto moved = std::move(all[first]);
    for (auto to = first;;) {
      auto from = std::exchange(parts[to].place, static_cast<std::uint32_t>(to));
      if (from == first) {
        all[to] = std::move(moved);
        break;
      }
      all[to] = std::move(all[from]);
      to = from;
    }
  }
}

}  // namespace byline
