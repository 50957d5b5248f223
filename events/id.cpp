#include "events/id.hpp"

#include "events/eight_bytes.hpp"

namespace byline {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";

/// Of eight hexadecimal digits in either case the four bytes that they write: the lower half of the result,
/// in their order. `wrong` is not zero any more where one is no digit.
[[gnu::always_inline]] inline std::uint64_t four_bytes(std::uint64_t digits, std::uint64_t& wrong) {
  using namespace eight_bytes;
  auto ascii = digits & ~kHigh;
  auto lower = ascii | all(0x20);
  auto is_number = at_least(ascii, '0') & ~at_least(ascii, '9' + 1);
  auto is_letter = at_least(lower, 'a') & ~at_least(lower, 'f' + 1) & kHigh;
  wrong |= (~(is_number | is_letter) | digits) & kHigh;
  auto values = (ascii & all(0x0F)) + (is_letter >> 7) * 9;
  auto pairs = (values << 4 | values >> 8) & 0x00FF00FF00FF00FFU;
  pairs = (pairs | pairs >> 8) & 0x0000FFFF0000FFFFU;
  return (pairs | pairs >> 16) & 0xFFFFFFFFU;
}

/// Four characters here and four there.
std::uint64_t load_halves(const char* first, const char* second) {
  std::uint32_t halves[2];
  std::memcpy(&halves[0], first, 4);
  std::memcpy(&halves[1], second, 4);
  return halves[0] | std::uint64_t{halves[1]} << 32;
}

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
  const auto* at = text.data();
  std::uint64_t wrong = 0;
  std::uint64_t halves[2];
  halves[0] = four_bytes(eight_bytes::load(at), wrong) | four_bytes(load_halves(at + 9, at + 14), wrong)
                                                             << 32;
  halves[1] = four_bytes(load_halves(at + 19, at + 24), wrong) | four_bytes(eight_bytes::load(at + 28), wrong)
                                                                     << 32;
  if (wrong != 0) return std::nullopt;
  std::array<std::uint8_t, 16> bytes;
  std::memcpy(bytes.data(), halves, sizeof halves);
  return bytes;
}

}  // namespace byline
