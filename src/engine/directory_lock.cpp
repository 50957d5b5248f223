#include "engine/directory_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>
#include <utility>

namespace byline {

namespace fs = std::filesystem;

std::expected<DirectoryLock, std::string> DirectoryLock::acquire(const fs::path& directory) {
  std::error_code error;
  bool made = fs::create_directories(directory, error);
  // Names, addresses and records lie in it: they are the owner's.
  if (made) fs::permissions(directory, fs::perms::owner_all, error);
  if (error)
    return std::unexpected("The data directory " + directory.string() +
                           " cannot be made: " + error.message() + ".");
  auto file = directory / "byline.lock";
  int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    return std::unexpected("The data directory " + directory.string() +
                           " cannot be opened: " + std::strerror(errno) + ".");
  }
  int failure = 0;
  // Who only looks whether it is held has it for a moment.
  constexpr int kAttempts = 5;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    if (attempt > 0) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    failure = ::flock(descriptor, LOCK_EX | LOCK_NB) == 0 ? 0 : errno;
    if (failure != EWOULDBLOCK) break;
  }
  if (failure != 0) {
    ::close(descriptor);
    if (failure != EWOULDBLOCK) {
      return std::unexpected("The data directory " + directory.string() +
                             " cannot be locked: " + std::strerror(failure) + ".");
    }
    return std::unexpected("The data directory " + directory.string() +
                           " is in use by another process. Stop it first, or choose another directory.");
  }
  return DirectoryLock(descriptor);
}

bool DirectoryLock::is_held(const fs::path& directory) {
  int descriptor = ::open((directory / "byline.lock").c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return false;
  bool is_held = ::flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  ::close(descriptor);
  return is_held;
}

DirectoryLock::DirectoryLock(DirectoryLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}
DirectoryLock::~DirectoryLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace byline
