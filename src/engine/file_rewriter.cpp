#include "engine/file_rewriter.hpp"

#include <spdlog/spdlog.h>

#include <chrono>

namespace byline {
namespace {

using namespace std::chrono_literals;

constexpr auto kRetry = 10s;

}  // namespace

FileRewriter::FileRewriter(CurrentDatabase database)
    : database_(std::move(database)), thread_([this] { run(); }) {}

FileRewriter::~FileRewriter() { stop(); }

void FileRewriter::wake() {
  std::lock_guard guard(mutex_);
  due_ = true;
  changed_.notify_all();
}

void FileRewriter::interrupt() { canceled_.store(true); }

bool FileRewriter::wait() {
  std::unique_lock guard(mutex_);
  changed_.wait(guard, [this] { return (!due_ && !at_work_) || stopping_; });
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
    bool done = rewrite();
    guard.lock();
    at_work_ = false;
    if (!done) {
      due_ = true;
      changed_.wait_for(guard, kRetry, [this] { return stopping_; });
    }
    changed_.notify_all();
  }
}

bool FileRewriter::rewrite() try {
  auto database = database_();
  if (!database) return false;
  auto erasures = database->noted_erasures();
  if (erasures.empty()) return true;
  auto started = std::chrono::steady_clock::now();
  database->rewrite_files(erasures, canceled_);
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
  spdlog::info("what was erased is gone from the files, which were written anew in {:.1f} s", took.count());
  return true;
} catch (const std::exception& error) {
  if (!canceled_.load()) spdlog::error("what was erased may still be in the files: {}", error.what());
  return false;
}

}  // namespace byline
