#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace byline {

/// A release of Byline, by Semantic Versioning. A data directory says which was the newest that wrote to it.
struct Release {
  std::uint32_t major = 0, minor = 0, patch = 0;

  friend bool operator==(const Release&, const Release&) = default;
  friend auto operator<=>(const Release&, const Release&) = default;
};
std::string to_string(const Release& release);
/// `1.20.3`; nullopt for anything else.
std::optional<Release> parse_release(std::string_view text);

Release this_release();

/// Whether `release` reads what `writer` wrote: events and rows of a new form come with a new minor number,
/// and every release reads those of all before.
inline bool reads(const Release& release, const Release& writer) {
  return std::pair(writer.major, writer.minor) <= std::pair(release.major, release.minor);
}

}  // namespace byline
