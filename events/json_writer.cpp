#include "events/json_writer.hpp"

#include <algorithm>
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
bool must_be_escaped(char c) { return kSpecial[static_cast<unsigned char>(c)]; }

/// Whether any of as many bytes as `Word` has must be escaped.
template <class Word>
bool has_special(const char* bytes) {
  // “Bit Twiddling Hacks”, hasless and haszero: a byte that is found shows in its high bit.
  constexpr auto kOnes = static_cast<Word>(0x0101010101010101), kHigh = static_cast<Word>(0x8080808080808080);
  Word word;
  std::memcpy(&word, bytes, sizeof word);
  auto zero_in = [](Word each) { return (each - kOnes) & ~each; };
  auto below_space = (word - kOnes * 0x20) & ~word;
  return ((below_space | zero_in(word ^ kOnes * '"') | zero_in(word ^ kOnes * '\\')) & kHigh) != 0;
}

using Sixteen = unsigned char __attribute__((vector_size(16)));
template <>
bool has_special<Sixteen>(const char* bytes) {
  Sixteen each;
  std::memcpy(&each, bytes, sizeof each);
  auto found = (each < 0x20) | (each == '"') | (each == '\\');
  std::array<std::uint64_t, 2> halves;
  std::memcpy(halves.data(), &found, sizeof found);
  return (halves[0] | halves[1]) != 0;
}

/// Of a text that has so many bytes: its end is looked at together with bytes that were seen before.
template <class Word>
bool has_special(std::string_view text) {
  auto last = text.size() - sizeof(Word);
  for (std::size_t at = 0; at < last; at += sizeof(Word)) {
    if (has_special<Word>(text.data() + at)) return true;
  }
  return has_special<Word>(text.data() + last);
}

bool is_plain(std::string_view text) {
  if (text.size() >= sizeof(Sixteen)) return !has_special<Sixteen>(text);
  if (text.size() >= sizeof(std::uint64_t)) return !has_special<std::uint64_t>(text);
  if (text.size() >= sizeof(std::uint32_t)) return !has_special<std::uint32_t>(text);
  return std::ranges::none_of(text, must_be_escaped);
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

void JsonWriter::quote(std::string_view text, char after) {
  auto begin = out_.size();
  if (!is_plain(text)) {
    if (!fresh_) out_ += ',';
    out_ += '"';
    for (auto rest = text; !rest.empty();) {
      auto special = std::ranges::find_if(rest, must_be_escaped);
      out_.append(rest.begin(), special);
      if (special == rest.end()) break;
      escape(*special, out_);
      rest = std::string_view(special + 1, rest.end());
    }
    out_ += '"';
    if (after != '\0') out_ += after;
    return;
  }
  auto end = begin + (fresh_ ? 0 : 1) + 1 + text.size() + 1 + (after == '\0' ? 0 : 1);
  // libstdc++ 12 may pass more than was asked for.
  out_.resize_and_overwrite(end, [&](char* out, std::size_t) {
    auto* to = out + begin;
    if (!fresh_) *to++ = ',';
    *to++ = '"';
    to += text.copy(to, text.size());
    *to++ = '"';
    if (after != '\0') *to = after;
    return end;
  });
}

}  // namespace byline
