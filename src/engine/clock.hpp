#pragma once

#include <chrono>

#include "events/time.hpp"

namespace byline {

/// The time by the system's clock.
inline Time system_now() {
  using namespace std::chrono;
  return {duration_cast<microseconds>(system_clock::now().time_since_epoch()).count()};
}

}  // namespace byline
