#include "engine/temporary_directory.hpp"

#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

namespace byline {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kNamePrefix = "byline-";

/// `byline-PID-XXXXXX`, of a process that is no more.
bool is_left_behind(const std::string& name) {
  if (!name.starts_with(kNamePrefix)) return false;
  pid_t process = 0;
  const auto* begin = name.data() + kNamePrefix.size();
  const auto* end = name.data() + name.size();
  auto [rest, error] = std::from_chars(begin, end, process);
  bool is_ours = error == std::errc() && rest != end && *rest == '-' && process > 0;
  return is_ours && ::kill(process, 0) != 0 && errno == ESRCH;
}

}  // namespace

void TemporaryDirectory::clear_away(const fs::path& parent) {
  std::error_code ignored;
  for (const auto& found : fs::directory_iterator(parent, ignored)) {
    if (is_left_behind(found.path().filename())) fs::remove_all(found.path(), ignored);
  }
}

TemporaryDirectory::TemporaryDirectory(const fs::path& parent) {
  clear_away(parent);
  auto name = std::string(kNamePrefix) + std::to_string(::getpid()) + "-XXXXXX";
  auto path = (parent / name).string();
  if (!::mkdtemp(path.data()))
    throw std::runtime_error("no temporary directory can be made in " + parent.string() + ": " +
                             std::strerror(errno));
  path_ = path;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace byline
