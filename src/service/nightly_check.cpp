#include "service/nightly_check.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cctype>
#include <chrono>

#include "engine/clock.hpp"
#include "engine/ids.hpp"
#include "engine/view_jobs.hpp"

namespace byline {
namespace {

constexpr std::int64_t kMinute = 60LL * 1'000'000;  // microseconds
constexpr std::int64_t kDay = 24 * 60 * kMinute;
constexpr std::chrono::minutes kLookAtTheClockEvery{1};  // the clock may be set

}  // namespace

std::optional<TimeOfDay> TimeOfDay::parse(const std::string& text) {
  auto digit = [&text](std::size_t at) {
    return std::isdigit(static_cast<unsigned char>(text[at])) != 0 ? text[at] - '0' : 100;
  };
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  int hours = digit(0) * 10 + digit(1), minutes = digit(3) * 10 + digit(4);
  if (hours > 23 || minutes > 59) return std::nullopt;
  return TimeOfDay{hours * 60 + minutes};
}

Time TimeOfDay::next_after(Time now) const {
  auto midnight = now.micros - now.micros % kDay;
  Time today{midnight + minutes * kMinute};
  return today > now ? today : Time{today.micros + kDay};
}

NightlyCheck::NightlyCheck(Engine& engine, TimeOfDay at)
    : engine_(engine), at_(at), thread_([this] { run(); }) {}

NightlyCheck::~NightlyCheck() {
  {
    std::lock_guard guard(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void NightlyCheck::run() {
  std::unique_lock guard(mutex_);
  auto next = at_.next_after(system_now());
  while (!stopping_) {
    auto left = std::chrono::microseconds(next.micros - system_now().micros);
    if (left.count() > 0) {
      wake_.wait_for(guard, std::min<std::chrono::microseconds>(left, kLookAtTheClockEvery),
                     [this] { return stopping_; });
      continue;
    }
    next = at_.next_after(system_now());
    std::vector<View> views;
    for (auto view : engine_.views().views()) {
      if (!engine_.view_jobs().job_on(view)) views.push_back(view);
    }
    auto id = new_id<RebuildId>(system_now());
    if (views.empty() || !engine_.view_jobs().start(id, ViewJobKind::verification, views))
      spdlog::warn("views are not held against the log tonight: other work on them is not over");
  }
}

}  // namespace byline
