#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace byline::test {

/// The text with the first `what` in it exchanged, which must be there.
inline std::string replaced(std::string text, std::string_view what, std::string_view by) {
  auto at = text.find(what);
  if (at == std::string::npos) throw std::invalid_argument("not there: " + std::string(what));
  return text.replace(at, what.size(), by);
}

}  // namespace byline::test
