#include "engine/temporary_directory.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

namespace byline {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kNamePrefix = ".byline-temporary-";
constexpr std::size_t kRandomCharacters = 6;
constexpr const char* kHeldFile = "held-by-a-byline-process";

/// Whether it is one of ours, made by this user, that no process holds any more. Others may have any name.
bool is_left_behind(const fs::path& path) {
  auto name = path.filename().string();
  if (!name.starts_with(kNamePrefix) || name.size() != kNamePrefix.size() + kRandomCharacters) return false;
  struct ::stat status{};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISDIR(status.st_mode) || status.st_uid != ::geteuid())
    return false;
  int held = ::open((path / kHeldFile).c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  if (held < 0) return false;
  bool is_free = ::flock(held, LOCK_EX | LOCK_NB) == 0;
  ::close(held);
  return is_free;
}

}  // namespace

void TemporaryDirectory::clear_away(const fs::path& parent) {
  std::error_code ignored;
  for (const auto& found : fs::directory_iterator(parent, ignored)) {
    if (is_left_behind(found.path())) fs::remove_all(found.path(), ignored);
  }
}

TemporaryDirectory::TemporaryDirectory(const fs::path& parent) {
  clear_away(parent);
  auto name = (parent / (std::string(kNamePrefix) + std::string(kRandomCharacters, 'X'))).string();
  if (!::mkdtemp(name.data()))
    throw std::runtime_error("no temporary directory can be made in " + parent.string() + ": " +
                             std::strerror(errno));
  whole_ = name;
  path_ = whole_ / "data";
  // It gets its name when it is held: others take away what has that name and is not.
  auto file = whole_ / "new";
  held_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  bool is_held = held_ >= 0 && ::flock(held_, LOCK_EX | LOCK_NB) == 0 &&
                 ::rename(file.c_str(), (whole_ / kHeldFile).c_str()) == 0 &&
                 ::mkdir(path_.c_str(), 0700) == 0;
  if (is_held) return;
  auto error = errno;
  remove();
  throw std::runtime_error("the temporary directory " + name + " cannot be used: " + std::strerror(error));
}

TemporaryDirectory::~TemporaryDirectory() { remove(); }

void TemporaryDirectory::remove() {
  std::error_code ignored;
  fs::remove_all(whole_, ignored);
  if (held_ >= 0) ::close(held_);
}

}  // namespace byline
