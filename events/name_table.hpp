#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace byline {

/// The enumerator whose place in `names` has this name.
template <class Enum, std::size_t N>
std::optional<Enum> find_named(const std::array<std::string_view, N>& names, std::string_view name) {
  auto found = std::ranges::find(names, name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Enum>(found - names.begin());
}

}  // namespace byline
