#include "engine/file_rewriter.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>

namespace byline {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds kFirstRewriteRetry = 200ms;
constexpr std::chrono::milliseconds kSlowestRewriteRetry = 5min;

}  // namespace

FileRewriter::FileRewriter(CurrentDatabase database, std::function<void(Position)> forget_before,
                           std::chrono::milliseconds apart)
    : database_(std::move(database)),
      forget_before_(std::move(forget_before)),
      apart_(apart),
      thread_([this] { run(); }) {}

FileRewriter::~FileRewriter() { stop(); }

void FileRewriter::wake() {
  std::lock_guard guard(mutex_);
  due_ = true;
  changed_.notify_all();
}

void FileRewriter::interrupt() { canceled_.store(true); }

bool FileRewriter::wait() {
  std::unique_lock guard(mutex_);
  constexpr std::uint64_t kPatience = 3;  // somebody may only be reading
  auto enough = failures_ + kPatience;
  changed_.wait(guard, [&] { return (!due_ && !at_work_) || stopping_ || failures_ >= enough; });
  return !due_ && !at_work_;
}

void FileRewriter::stop() {
  {
    std::lock_guard guard(mutex_);
    stopping_ = true;
    canceled_.store(true);
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

void FileRewriter::run() {
  auto retry = kFirstRewriteRetry;
  std::unique_lock guard(mutex_);
  while (!stopping_) {
    if (!due_) {
      changed_.wait(guard);
      continue;
    }
    canceled_.store(false);
    due_ = false;
    at_work_ = true;
    guard.unlock();
    auto database = database_();
    bool is_open = database != nullptr;
    bool done = is_open && rewrite(*database);
    database.reset();
    guard.lock();
    at_work_ = false;
    if (!done) {
      due_ = true;
      ++failures_;
    }
    changed_.notify_all();
    if (done) {
      retry = kFirstRewriteRetry;
      changed_.wait_for(guard, rewrote_ ? apart_ : std::chrono::milliseconds(0),
                        [this] { return stopping_; });
    } else {
      changed_.wait_for(guard, retry, [this] { return stopping_; });
      retry = is_open ? std::min(retry * 2, kSlowestRewriteRetry) : kFirstRewriteRetry;
    }
  }
}

bool FileRewriter::rewrite(Database& database) try {
  rewrote_ = false;
  auto erasures = database.noted_erasures();
  if (erasures.empty()) return true;
  auto started = std::chrono::steady_clock::now();
  forget_before_(database.log().tail());
  database.rewrite_files(erasures, canceled_);
  rewrote_ = true;
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
  spdlog::info("what was erased is gone from the files, which were written anew in {:.1f} s", took.count());
  return true;
} catch (const std::exception& error) {
  if (!canceled_.load()) spdlog::error("what was erased may still be in the files: {}", error.what());
  return false;
}

}  // namespace byline
