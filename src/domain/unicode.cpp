#include "domain/unicode.hpp"

#include <simdjson.h>
#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>

namespace byline {
namespace {

std::string normalize(const icu::Normalizer2* normalizer, std::string_view text, UErrorCode status) {
  std::string normalized;
  icu::StringByteSink<std::string> sink(&normalized);
  if (U_SUCCESS(status)) {
    normalizer->normalizeUTF8(0, {text.data(), static_cast<int32_t>(text.size())}, sink, nullptr, status);
  }
  return U_SUCCESS(status) ? normalized : std::string(text);
}

}  // namespace

bool is_valid_utf8(std::string_view text) { return simdjson::validate_utf8(text.data(), text.size()); }

std::string_view trim_white_space(std::string_view text) {
  auto size = static_cast<int32_t>(text.size());
  int32_t begin = 0;
  for (int32_t next = 0; next < size; begin = next) {
    UChar32 c;
    U8_NEXT(text.data(), next, size, c);
    if (!u_isUWhiteSpace(c)) break;
  }
  int32_t end = size;
  for (int32_t before = end; before > begin; end = before) {
    UChar32 c;
    U8_PREV(text.data(), begin, before, c);
    if (!u_isUWhiteSpace(c)) break;
  }
  return text.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
}

std::string to_nfc(std::string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  const auto* normalizer = icu::Normalizer2::getNFCInstance(status);
  return normalize(normalizer, text, status);
}

std::string to_folded(std::string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  const auto* normalizer = icu::Normalizer2::getNFKCCasefoldInstance(status);
  return normalize(normalizer, text, status);
}

}  // namespace byline
