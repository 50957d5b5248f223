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

/// Reads text of which the places of all digits and marks are known. What does not fit is remembered; what
/// was read is worth nothing then.
class FixedPlaces {
 public:
  explicit FixedPlaces(std::string_view text) : text_(text) {}

  bool fit() const { return fit_; }
  unsigned number(std::size_t place, std::size_t digits) {
    unsigned value = 0;
    for (std::size_t i = place; i < place + digits; ++i) {
      auto digit = static_cast<unsigned>(text_[i]) - '0';
      fit_ &= digit <= 9;
      value = value * 10 + digit;
    }
    return value;
  }
  void expect(std::size_t place, char mark) { fit_ &= text_[place] == mark; }
  /// The letter in either case.
  void expect_letter(std::size_t place, char letter) { fit_ &= (text_[place] & ~0x20) == letter; }

 private:
  std::string_view text_;
  bool fit_ = true;
};

constexpr std::size_t kSecondsEnd = 19;  ///< of `2026-03-01T08:15:30`

/// What of a second follows its point, in microseconds; passes over it.
std::optional<std::int64_t> take_fraction(std::string_view& text) {
  std::int64_t fraction = 0;
  std::size_t digits = 0;
  for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits) {
    if (digits < 6) fraction = fraction * 10 + (text[digits] - '0');
  }
  if (digits == 0) return std::nullopt;
  text.remove_prefix(digits);
  for (; digits < 6; ++digits) fraction *= 10;
  return fraction;
}

/// How many minutes an offset is east of UTC: `Z`, or `+01:00`, and nothing behind it.
std::optional<int> read_offset(std::string_view text) {
  if (text == "Z" || text == "z") return 0;
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  FixedPlaces offset(text);
  auto hours = offset.number(1, 2);
  offset.expect(3, ':');
  auto minutes = offset.number(4, 2);
  if (!offset.fit() || hours > 23 || minutes > 59) return std::nullopt;
  auto size = static_cast<int>(hours * 60 + minutes);
  return text[0] == '-' ? -size : size;
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
  if (text.size() <= kSecondsEnd) return std::nullopt;
  FixedPlaces places(text);
  auto y = places.number(0, 4);
  places.expect(4, '-');
  auto mo = places.number(5, 2);
  places.expect(7, '-');
  auto d = places.number(8, 2);
  places.expect_letter(10, 'T');
  auto h = places.number(11, 2);
  places.expect(13, ':');
  auto mi = places.number(14, 2);
  places.expect(16, ':');
  auto s = places.number(17, 2);
  if (!places.fit() || h > 23 || mi > 59 || s > 59) return std::nullopt;
  text.remove_prefix(kSecondsEnd);

  std::optional<std::int64_t> fraction = 0;
  if (text.front() == '.') {
    text.remove_prefix(1);
    fraction = take_fraction(text);
  }
  auto offset = read_offset(text);
  year_month_day date{year{static_cast<int>(y)}, month{mo}, day{d}};
  if (!fraction || !offset || !date.ok()) return std::nullopt;
  auto point = sys_days{date} + hours{h} + minutes{mi} + seconds{s} - minutes{*offset};
  // The offset may carry it over the years that four digits can write.
  if (point < sys_days{year{0} / January / 1} || point >= sys_days{year{10'000} / January / 1}) {
    return std::nullopt;
  }
  return Time{duration_cast<microseconds>(point.time_since_epoch()).count() + *fraction};
}

}  // namespace byline
