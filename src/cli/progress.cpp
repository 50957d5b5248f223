#include "cli/progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iostream>

namespace byline::cli {
namespace {

double now_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

Progress::Progress(Output output)
    : shown_(::isatty(STDERR_FILENO) != 0 && (output == Output::afterwards || ::isatty(STDOUT_FILENO) == 0)),
      began_(now_seconds()) {}

Progress::~Progress() {
  if (written_) std::cerr << "\r\033[K" << std::flush;
}

void Progress::tell(std::uint64_t position, std::uint64_t last) {
  constexpr double kTellEvery = 0.25;  // seconds
  if (!shown_) return;
  auto now = now_seconds();
  if (now - told_ < kTellEvery) return;
  told_ = now;
  written_ = true;
  auto rate = static_cast<double>(position) / std::max(now - began_, 0.001);
  char line[120];
  if (last > position) {
    std::snprintf(line, sizeof line, "\rposition %llu of %llu, %.0f a second, %.0f s left\033[K",
                  static_cast<unsigned long long>(position), static_cast<unsigned long long>(last), rate,
                  static_cast<double>(last - position) / std::max(rate, 1.0));
  } else {
    std::snprintf(line, sizeof line, "\rposition %llu, %.0f a second\033[K",
                  static_cast<unsigned long long>(position), rate);
  }
  std::cerr << line << std::flush;
}

}  // namespace byline::cli
