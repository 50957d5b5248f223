#pragma once

#include <cstdint>
#include <span>

namespace byline::security {

/// Fills with random bytes of the system's generator (getrandom). They are fetched some at a time, each
/// thread its own: a system call for every id or key would cost more than these. What was given is forgotten
/// at once. Not to be used on both sides of a fork. Thread-safe.
void fill_random(std::span<std::uint8_t> bytes);

}  // namespace byline::security
