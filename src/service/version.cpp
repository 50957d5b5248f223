#include "byline/version.hpp"

namespace byline {

const char* version() { return BYLINE_VERSION; }

}  // namespace byline
