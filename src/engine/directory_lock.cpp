#include "engine/directory_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
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
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    int failure = errno;
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

DirectoryLock::DirectoryLock(DirectoryLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}
DirectoryLock::~DirectoryLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace byline
