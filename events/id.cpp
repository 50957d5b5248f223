#include "events/id.hpp"

namespace byline {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";

/// Of every character; with the high bits set where it is none.
constexpr auto kNibbles = [] {
  std::array<std::uint8_t, 256> values;
  values.fill(0xFF);
  for (std::uint8_t digit = 0; digit < 10; ++digit) values['0' + digit] = digit;
  for (std::uint8_t digit = 0; digit < 6; ++digit)
    values['a' + digit] = values['A' + digit] = static_cast<std::uint8_t>(10 + digit);
  return values;
}();

constexpr bool hyphen_before(std::size_t byte) { return byte == 4 || byte == 6 || byte == 8 || byte == 10; }

}  // namespace

void format_uuid(const std::array<std::uint8_t, 16>& bytes, char* out) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (hyphen_before(i)) *out++ = '-';
    *out++ = kHex[bytes[i] >> 4];
    *out++ = kHex[bytes[i] & 15];
  }
}

std::optional<std::array<std::uint8_t, 16>> parse_uuid(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  if (text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-') return std::nullopt;
  constexpr std::array<std::uint8_t, 16> kPlaces = {0,  2,  4,  6,  9,  11, 14, 16,
                                                    19, 21, 24, 26, 28, 30, 32, 34};
  std::array<std::uint8_t, 16> bytes;
  unsigned wrong = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    unsigned high = kNibbles[static_cast<unsigned char>(text[kPlaces[i]])];
    unsigned low = kNibbles[static_cast<unsigned char>(text[kPlaces[i] + 1U])];
    wrong |= high | low;
    bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  if (wrong > 0xF) return std::nullopt;
  return bytes;
}

}  // namespace byline
