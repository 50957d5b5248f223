#include "events/json_writer.hpp"

#include <array>
#include <cstdint>
#include <cstring>

namespace byline {
namespace {

// RFC 8259 §7: the quotation mark, the backslash and U+0000 … U+001F must be escaped; nothing else is.
constexpr std::array<bool, 256> make_special() {
  std::array<bool, 256> special{};
  for (int c = 0; c < 0x20; ++c) special[static_cast<std::size_t>(c)] = true;
  special['"'] = special['\\'] = true;
  return special;
}
constexpr auto kSpecial = make_special();

/// Whether one of eight bytes must be escaped: a byte less than n, or equal to n, shows in the high bit of
/// its own (“Bit Twiddling Hacks”, haszero and hasless). A byte after one that is found may be found wrongly.
bool has_special(const char* eight) {
  constexpr std::uint64_t kOnes = 0x0101010101010101, kHigh = 0x8080808080808080;
  std::uint64_t bytes;
  std::memcpy(&bytes, eight, sizeof bytes);
  auto zero_in = [](std::uint64_t word) { return (word - kOnes) & ~word; };
  auto below_space = (bytes - kOnes * 0x20) & ~bytes;
  return ((below_space | zero_in(bytes ^ kOnes * '"') | zero_in(bytes ^ kOnes * '\\')) & kHigh) != 0;
}

void escape(char c, std::string& out) {
  constexpr std::string_view kHex = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u00";
      out += kHex[static_cast<unsigned char>(c) >> 4];
      out += kHex[static_cast<unsigned char>(c) & 15];
  }
}

}  // namespace

void JsonWriter::quote(std::string_view text) {
  out_ += '"';
  std::size_t plain = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    while (i + 8 < text.size() && !has_special(text.data() + i)) i += 8;
    if (!kSpecial[static_cast<unsigned char>(text[i])]) continue;
    out_.append(text, plain, i - plain);
    escape(text[i], out_);
    plain = i + 1;
  }
  out_.append(text, plain);
  out_ += '"';
}

}  // namespace byline
