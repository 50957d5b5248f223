#include "events/lookalike.hpp"

#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uspoof.h>

#include <memory>

namespace byline {
namespace {

struct CloseChecker {
  void operator()(USpoofChecker* checker) const { uspoof_close(checker); }
};

/// Made once; a checker that is not changed any more may be used by many threads.
const USpoofChecker* spoof_checker() {
  static const std::unique_ptr<USpoofChecker, CloseChecker> checker = [] {
    UErrorCode status = U_ZERO_ERROR;
    return std::unique_ptr<USpoofChecker, CloseChecker>(uspoof_open(&status));
  }();
  return checker.get();
}

std::string skeleton(const icu::UnicodeString& name) {
  icu::UnicodeString shown;
  for (int32_t i = 0; i < name.length(); i = name.moveIndex32(i, 1)) {
    auto c = name.char32At(i);
    if (!u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT)) shown.append(c);
  }
  UErrorCode status = U_ZERO_ERROR;
  icu::UnicodeString skeleton;
  uspoof_getSkeletonUnicodeString(spoof_checker(), 0, shown, skeleton, &status);
  std::string text;
  (U_SUCCESS(status) ? skeleton : shown).toUTF8String(text);
  return text;
}

icu::UnicodeString to_utf16(std::string_view text) {
  return icu::UnicodeString::fromUTF8({text.data(), static_cast<int32_t>(text.size())});
}

}  // namespace

std::string skeleton_of(std::string_view name) { return skeleton(to_utf16(name).foldCase()); }
std::string skeleton_as_written(std::string_view name) { return skeleton(to_utf16(name)); }

}  // namespace byline
