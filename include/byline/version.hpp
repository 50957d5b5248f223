#pragma once

namespace byline {

/// The release of the library, e.g. "0.1.0".
const char* version();

}  // namespace byline
