#include "events/lookalike.hpp"

#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uspoof.h>

#include <algorithm>
#include <array>
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

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// What each ASCII character looks like. Most names have no others, and then the skeleton is that of their
/// characters one after the other: there is nothing to decompose (TR 39 §4).
const std::array<std::string, 128>& ascii_skeletons() {
  static const auto skeletons = [] {
    std::array<std::string, 128> made;
    for (std::size_t c = 0; c < made.size(); ++c)
      made[c] = skeleton(icu::UnicodeString(static_cast<char16_t>(c)));
    return made;
  }();
  return skeletons;
}

std::string ascii_skeleton(std::string_view name) {
  std::string text;
  for (unsigned char c : name) text += ascii_skeletons().at(c);
  return text;
}

icu::UnicodeString to_utf16(std::string_view text) {
  return icu::UnicodeString::fromUTF8({text.data(), static_cast<int32_t>(text.size())});
}

}  // namespace

std::string skeleton_of(std::string_view name) {
  if (!is_ascii(name)) return skeleton(to_utf16(name).foldCase());
  std::string folded(name);
  for (char& c : folded)
    c = static_cast<char>(u_foldCase(static_cast<unsigned char>(c), U_FOLD_CASE_DEFAULT));
  return ascii_skeleton(folded);
}

std::string skeleton_as_written(std::string_view name) {
  return is_ascii(name) ? ascii_skeleton(name) : skeleton(to_utf16(name));
}

}  // namespace byline
