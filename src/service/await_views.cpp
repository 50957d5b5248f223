#include "service/await_views.hpp"

#include <spdlog/spdlog.h>

#include <chrono>

#include "engine/view_jobs.hpp"

namespace byline {
namespace {

constexpr std::chrono::milliseconds kLookAtViewsEvery{100};

std::string why_not(const Engine& engine, const ViewStatus& status) {
  std::string name(engine.views().name_of(status.view));
  if (status.stall) return "The view " + name + " cannot be built: it " + cannot_fold(*status.stall) + ".";
  return "The view " + name + " cannot be read, and nothing builds it.";
}

}  // namespace

std::expected<void, std::string> await_views(Engine& engine, std::span<const View> views) {
  for (auto view : views) {
    for (bool told = false;;) {
      auto job = engine.view_jobs().job_on(view);  // before: it may end in between
      auto statuses = engine.view_statuses();
      if (statuses.empty()) return std::unexpected("The storage cannot be read.");
      const auto& status = statuses[static_cast<std::size_t>(view)];
      if (status.live) break;
      if (!job) return std::unexpected(why_not(engine, status));
      if (job->state == ViewJobState::paused) engine.view_jobs().resume(job->id);
      if (!told) spdlog::info("waiting for the view {} to be built", engine.views().name_of(view));
      told = true;
      (void)engine.view_jobs().wait(job->id, kLookAtViewsEvery);
    }
  }
  return {};
}

}  // namespace byline
