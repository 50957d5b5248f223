#pragma once

#include <string>
#include <string_view>

namespace byline {

/// Names with the same skeleton look the same to a person (Unicode TR 39 §4), case aside.
std::string skeleton_of(std::string_view name);
/// The same with upper and lower case apart: "I" looks like "l" only while it is a capital.
std::string skeleton_as_written(std::string_view name);

}  // namespace byline
