#pragma once

#include <algorithm>
#include <string_view>

namespace byline::http {

/// Whether the texts are the same, the case of ASCII letters aside. Not boost::beast::iequals: where the
/// texts differ by case, that of Boost 1.81 reads a byte beyond both.
inline bool iequals(std::string_view left, std::string_view right) {
  auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::ranges::equal(left, right, {}, lower, lower);
}

}  // namespace byline::http
