#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "domain/state.hpp"

namespace byline {

/// Raised whenever a member of State changes, or what it means: bytes of another form are not to be read.
inline constexpr std::uint32_t kStateForm = 3;

/// The write model as bytes, in pieces. They are for the same machine and release: numbers are laid out as
/// the processor has them.
void write_state(const State& state, const std::function<void(std::string_view piece)>& write);

/// What was written. Throws std::runtime_error where the bytes end too early or too late; that they are
/// undamaged and of this form is for the caller to know.
std::unique_ptr<State> read_state(std::string_view bytes);

/// Whether they are of the same log, up to the same position.
bool is_same(const State& one, const State& other);

}  // namespace byline
