#pragma once

#include "engine/engine.hpp"
#include "engine/view_jobs.hpp"
#include "http/server/message.hpp"

namespace byline::http {

/// The answer where rows of this view are needed, which cannot be read for the moment: 503, with how far
/// building them has come.
Response reply_view_unavailable(Engine& engine, View view);

/// Until it is done, in seconds; nullopt where that cannot be told yet.
std::optional<std::int64_t> seconds_left(const ViewJob& job);

}  // namespace byline::http
