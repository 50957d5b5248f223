#include "http/view_reply.hpp"

#include <algorithm>

#include "http/reply.hpp"

namespace byline::http {

std::optional<std::int64_t> seconds_left(const ViewJob& job) {
  if (job.state != ViewJobState::running || job.per_second < 1) return std::nullopt;
  auto missing = static_cast<double>(job.end.value - std::min(job.position.value, job.end.value));
  return static_cast<std::int64_t>(missing / job.per_second) + 1;
}

Response reply_view_unavailable(Engine& engine, View view) {
  constexpr std::int64_t kShortest = 1, kLongest = 60;  // seconds
  std::string detail = "This needs the view " + std::string(engine.views().name_of(view));
  auto job = engine.view_jobs().job_on(view);
  auto left = job ? seconds_left(*job) : std::nullopt;
  if (!job) {
    detail += ", which could not be folded further and waits for a rebuild.";
  } else {
    detail += ", which is being built: it is at position " + std::to_string(job->position.value) + " of " +
              std::to_string(job->end.value);
    detail += left ? ", and done in about " + std::to_string(*left) + " s." : ".";
  }
  auto response = reply_error({503, "view_unavailable", std::move(detail), {}, {}, {}});
  auto after = std::clamp(left.value_or(job ? kShortest : kLongest), kShortest, kLongest);
  std::erase_if(response.headers, [](const auto& header) { return header.first == "Retry-After"; });
  response.headers.emplace_back("Retry-After", std::to_string(after));
  return response;
}

}  // namespace byline::http
