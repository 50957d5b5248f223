#pragma once

#include <algorithm>
#include <array>
#include <boost/endian/conversion.hpp>
#include <boost/sort/spreadsort/integer_sort.hpp>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace byline {

/// Something that has a `key()`, and a part of that key as a number that sorts as the part does.
template <class Keyed>
struct KeyPart {
  static constexpr std::size_t kBytes = 7;
  static constexpr std::uint64_t kMore = kBytes + 1;

  const Keyed* keyed;
  /// The bytes, zeros where the key ends sooner; and how many there are of it from there on, up to `kMore`.
  std::uint64_t number = 0;

  void load(std::size_t depth) {
    std::string_view key = keyed->key();
    auto left = key.substr(std::min(depth, key.size()));
    std::array<unsigned char, 8> part{};
    left.copy(reinterpret_cast<char*>(part.data()), kBytes);
    part[kBytes] = static_cast<unsigned char>(std::min<std::size_t>(left.size(), kMore));
    number = boost::endian::load_big_u64(part.data());
  }
  bool has_more() const { return (number & 0xFF) == kMore; }
};

/// Calls `visit` with each, in order. What they point to lies all over memory: it is asked for some time
/// before it is needed, so that several are on their way at once.
template <class Part, class Visit>
void for_each_keyed(std::span<Part> parts, Visit&& visit) {
  constexpr std::size_t kAhead = 12;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i + kAhead < parts.size()) __builtin_prefetch(parts[i + kAhead].keyed);
    visit(parts[i]);
  }
}

/// Puts things that have a `key()` in the order of their keys as bytes. Those of equal keys come in any
/// order. Made for millions of keys that begin alike: what is compared lies side by side in memory, and a key
/// is read once for seven bytes of it. The first `depth` bytes of all of them are the same.
template <class Keyed>
void sort_by_key(std::span<KeyPart<Keyed>> parts, std::size_t depth = 0) {
  for_each_keyed(parts, [depth](KeyPart<Keyed>& part) { part.load(depth); });
  boost::sort::spreadsort::integer_sort(
      parts.begin(), parts.end(),
      [](const KeyPart<Keyed>& part, unsigned bits) { return part.number >> bits; },
      [](const KeyPart<Keyed>& left, const KeyPart<Keyed>& right) { return left.number < right.number; });
  for (auto rest = parts; !rest.empty();) {
    auto first = rest.front();
    auto other = std::ranges::find_if(
        rest, [first](const KeyPart<Keyed>& part) { return part.number != first.number; });
    auto same = rest.first(static_cast<std::size_t>(other - rest.begin()));
    rest = rest.subspan(same.size());
    if (same.size() > 1 && first.has_more()) sort_by_key(same, depth + KeyPart<Keyed>::kBytes);
  }
}

}  // namespace byline
