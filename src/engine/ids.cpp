#include "engine/ids.hpp"

#include "security/random.hpp"

namespace byline {

std::array<std::uint8_t, 16> new_uuid(Time now) {
  std::array<std::uint8_t, 16> uuid;
  security::fill_random(std::span(uuid).subspan(8));
  auto millis = static_cast<std::uint64_t>(now.micros / 1000);
  for (std::size_t i = 0; i < 6; ++i) uuid[i] = static_cast<std::uint8_t>(millis >> (40 - 8 * i));
  // RFC 9562 §6.2, method 3: what the clock knows below the millisecond, in twelve bits.
  auto fraction = static_cast<std::uint64_t>(now.micros % 1000) * 4096 / 1000;
  uuid[6] = static_cast<std::uint8_t>(0x70 | fraction >> 8);
  uuid[7] = static_cast<std::uint8_t>(fraction);
  uuid[8] = static_cast<std::uint8_t>(0x80 | (uuid[8] & 0x3F));
  return uuid;
}

}  // namespace byline
