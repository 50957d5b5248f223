#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace byline {

/// A moment in UTC, in whole microseconds since 1970-01-01. Text form: RFC 3339 with six decimals and `Z`,
/// e.g. `2026-03-01T08:15:30.000125Z`.
struct Time {
  std::int64_t micros = 0;

  friend bool operator==(const Time&, const Time&) = default;
  friend auto operator<=>(const Time&, const Time&) = default;
};

inline constexpr std::int64_t kMicrosPerSecond = 1'000'000;

std::string to_string(Time time);
/// Writes the 27 characters of the text form.
void format_time(Time time, char* out);
/// Reads RFC 3339 §5.6 with any number of decimals (beyond six are cut) and any offset. Leap seconds, and
/// what is not in the years 0000–9999 of UTC, are refused.
std::optional<Time> parse_time(std::string_view text);

}  // namespace byline
