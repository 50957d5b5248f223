#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

#include "events/id.hpp"

namespace byline::test {

/// An id by its number, the same in every run; distinct where numbers are.
template <class I>
I numbered_id(std::uint64_t number) {
  I id;
  id.bytes = {0x01, 0x90, 0, 0, 0, 0, 0x70, 0, 0x80};
  for (std::size_t i = 0; i < 4; ++i) id.bytes[15 - i] = static_cast<std::uint8_t>(number >> (8 * i));
  return id;
}

template <class I>
I literal_id(std::string_view text) {
  auto id = parse_id<I>(text);
  if (!id) throw std::invalid_argument("not an id: " + std::string(text));
  return *id;
}

}  // namespace byline::test
