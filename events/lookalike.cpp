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

}  // namespace

std::string skeleton_of(std::string_view name) {
  icu::UnicodeString folded;
  auto given = icu::UnicodeString::fromUTF8({name.data(), static_cast<int32_t>(name.size())}).foldCase();
  for (int32_t i = 0; i < given.length(); i = given.moveIndex32(i, 1)) {
    auto c = given.char32At(i);
    if (!u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT)) folded.append(c);
  }
  UErrorCode status = U_ZERO_ERROR;
  icu::UnicodeString skeleton;
  uspoof_getSkeletonUnicodeString(spoof_checker(), 0, folded, skeleton, &status);
  std::string text;
  (U_SUCCESS(status) ? skeleton : folded).toUTF8String(text);
  return text;
}

}  // namespace byline
