#include "events/time.hpp"

#include <chrono>

namespace byline {
namespace {

using namespace std::chrono;

void put(char*& out, unsigned value, int digits) {
  for (int i = digits - 1; i >= 0; --i) {
    out[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  out += digits;
}

/// Reads exactly `digits` decimal digits off the front of `text`.
std::optional<int> take(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return value;
}

/// Skips the character, a letter in either case.
bool skip(std::string_view& text, char c) {
  bool is_letter = c >= 'A' && c <= 'Z';
  if (text.empty() || (text.front() != c && !(is_letter && text.front() == (c | 0x20)))) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

void format_time(Time time, char* out) {
  sys_time<microseconds> point{microseconds{time.micros}};
  auto day = floor<days>(point);
  year_month_day date{day};
  hh_mm_ss clock{point - day};
  put(out, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  *out++ = '-';
  put(out, static_cast<unsigned>(date.month()), 2);
  *out++ = '-';
  put(out, static_cast<unsigned>(date.day()), 2);
  *out++ = 'T';
  put(out, static_cast<unsigned>(clock.hours().count()), 2);
  *out++ = ':';
  put(out, static_cast<unsigned>(clock.minutes().count()), 2);
  *out++ = ':';
  put(out, static_cast<unsigned>(clock.seconds().count()), 2);
  *out++ = '.';
  put(out, static_cast<unsigned>(clock.subseconds().count()), 6);
  *out++ = 'Z';
}

std::string to_string(Time time) {
  std::string text(27, '\0');
  format_time(time, text.data());
  return text;
}

std::optional<Time> parse_time(std::string_view text) {
  auto y = take(text, 4);
  if (!y || !skip(text, '-')) return std::nullopt;
  auto mo = take(text, 2);
  if (!mo || !skip(text, '-')) return std::nullopt;
  auto d = take(text, 2);
  if (!d || !skip(text, 'T')) return std::nullopt;
  auto h = take(text, 2);
  if (!h || !skip(text, ':')) return std::nullopt;
  auto mi = take(text, 2);
  if (!mi || !skip(text, ':')) return std::nullopt;
  auto s = take(text, 2);
  if (!s || *h > 23 || *mi > 59 || *s > 59) return std::nullopt;

  std::int64_t fraction = 0;
  if (skip(text, '.')) {
    int scale = 0;
    for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; text.remove_prefix(1)) {
      if (scale < 6) fraction = fraction * 10 + (text.front() - '0');
      ++scale;
    }
    if (scale == 0) return std::nullopt;
    for (; scale < 6; ++scale) fraction *= 10;
  }

  int offset_minutes = 0;
  if (!skip(text, 'Z')) {
    if (text.empty() || (text.front() != '+' && text.front() != '-')) return std::nullopt;
    int sign = text.front() == '-' ? -1 : 1;
    text.remove_prefix(1);
    auto oh = take(text, 2);
    if (!oh || !skip(text, ':')) return std::nullopt;
    auto om = take(text, 2);
    if (!om || *oh > 23 || *om > 59) return std::nullopt;
    offset_minutes = sign * (*oh * 60 + *om);
  }
  year_month_day date{year{*y}, month{static_cast<unsigned>(*mo)}, day{static_cast<unsigned>(*d)}};
  if (!text.empty() || !date.ok()) return std::nullopt;
  auto point = sys_days{date} + hours{*h} + minutes{*mi} + seconds{*s} - minutes{offset_minutes};
  // The offset may carry it over the years that four digits can write.
  if (point < sys_days{year{0} / January / 1} || point >= sys_days{year{10'000} / January / 1}) {
    return std::nullopt;
  }
  return Time{duration_cast<microseconds>(point.time_since_epoch()).count() + fraction};
}

}  // namespace byline
