#pragma once

#include "events/id.hpp"
#include "events/time.hpp"

namespace byline {

/// Sixteen bytes of a fresh UUIDv7 (RFC 9562 §5.7): the time to the microsecond, then 62 random bits. Lists
/// are in the order of ids, so one that is made later must be greater. Thread-safe.
std::array<std::uint8_t, 16> new_uuid(Time now);

template <class I>
I new_id(Time now) {
  return I{new_uuid(now)};
}

}  // namespace byline
