#pragma once

#include <string>
#include <string_view>

namespace byline {

/// Names with the same skeleton look the same to a person (Unicode TR 39 §4), case aside.
std::string skeleton_of(std::string_view name);

}  // namespace byline
