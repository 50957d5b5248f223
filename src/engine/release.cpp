#include "engine/release.hpp"

#include <charconv>

namespace byline {

std::string to_string(const Release& release) {
  return std::to_string(release.major) + "." + std::to_string(release.minor) + "." +
         std::to_string(release.patch);
}

std::optional<Release> parse_release(std::string_view text) {
  Release release;
  const char* at = text.data();
  const char* end = at + text.size();
  for (auto* number : {&release.major, &release.minor, &release.patch}) {
    if (number != &release.major && (at == end || *at++ != '.')) return std::nullopt;
    auto [stopped, error] = std::from_chars(at, end, *number);
    if (error != std::errc()) return std::nullopt;
    at = stopped;
  }
  return at == end ? std::optional(release) : std::nullopt;
}

Release this_release() { return parse_release(BYLINE_VERSION).value(); }

}  // namespace byline
