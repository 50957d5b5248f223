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

/// How many bytes come before the first that must be escaped.
std::size_t plain_length(std::string_view text) {
  std::size_t at = 0;
  while (at + 8 <= text.size() && !has_special(text.data() + at)) at += 8;
  if (at + 8 > text.size()) {
    char last[8] = {'.', '.', '.', '.', '.', '.', '.', '.'};
    text.copy(last, sizeof last, at);
    if (!has_special(last)) return text.size();
  }
  while (!kSpecial[static_cast<unsigned char>(text[at])]) ++at;
  return at;
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
  auto plain = plain_length(text);
  auto begin = out_.size();
  auto end = begin + 1 + plain + (plain == text.size() ? 1 : 0);
  // libstdc++ 12 may pass more than was asked for.
  out_.resize_and_overwrite(end, [&](char* out, std::size_t) {
    out[begin] = '"';
    text.copy(out + begin + 1, plain);
    if (plain == text.size()) out[end - 1] = '"';
    return end;
  });
  if (plain == text.size()) return;
  while (plain < text.size()) {
    text.remove_prefix(plain);
    escape(text.front(), out_);
    text.remove_prefix(1);
    plain = plain_length(text);
    out_.append(text.substr(0, plain));
  }
  out_ += '"';
}

}  // namespace byline
