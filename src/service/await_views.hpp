#pragma once

#include <expected>
#include <span>
#include <string>

#include "engine/engine.hpp"

namespace byline {

/// Waits until these views can be read: they may be being built. The error, a sentence, says which one cannot
/// be built and why.
std::expected<void, std::string> await_views(Engine& engine, std::span<const View> views);

}  // namespace byline
