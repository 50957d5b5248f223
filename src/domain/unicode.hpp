#pragma once

#include <unicode/utf8.h>

#include <string>
#include <string_view>

namespace byline {

bool is_valid_utf8(std::string_view text);

/// Without Unicode White_Space at both ends. The text is valid UTF-8.
std::string_view trim_white_space(std::string_view text);

/// Unicode normalization form C.
std::string to_nfc(std::string_view text);
/// NFKC_Casefold: what caseless comparison of names and addresses is made by.
std::string to_folded(std::string_view text);

/// Calls `visit(code point)` for each, until it gives false; true when it never did. The text is valid UTF-8.
template <class Visit>
bool for_each_code_point(std::string_view text, Visit&& visit) {
  auto size = static_cast<int32_t>(text.size());
  for (int32_t i = 0; i < size;) {
    UChar32 c;
    U8_NEXT(text.data(), i, size, c);
    if (!visit(c)) return false;
  }
  return true;
}

}  // namespace byline
