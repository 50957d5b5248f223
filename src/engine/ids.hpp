#pragma once

#include "events/id.hpp"
#include "events/time.hpp"

namespace byline {

/// Sixteen bytes of a fresh UUIDv7 (RFC 9562 §5.7): milliseconds, then 74 random bits. Thread-safe.
std::array<std::uint8_t, 16> new_uuid(Time now);

template <class I>
I new_id(Time now) {
  return I{new_uuid(now)};
}

}  // namespace byline
