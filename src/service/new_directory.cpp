#include "service/new_directory.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <stdexcept>

#include "engine/temporary_directory.hpp"

namespace byline {
namespace {

namespace fs = std::filesystem;

void sync(const fs::path& path) {
  int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  bool synced = descriptor >= 0 && ::fsync(descriptor) == 0;
  auto error = errno;
  if (descriptor >= 0) ::close(descriptor);
  if (!synced)
    throw std::runtime_error(path.string() + " cannot be made safe on disk: " + std::strerror(error));
}

}  // namespace

std::expected<void, std::string> make_directory(
    const fs::path& directory, const std::function<std::expected<void, std::string>(const fs::path&)>& fill) {
  auto path = fs::absolute(directory).lexically_normal();
  if (!path.has_filename()) path = path.parent_path();
  try {
    if (fs::exists(path) && !(fs::is_directory(path) && fs::is_empty(path)))
      return std::unexpected(directory.string() +
                             " is there already, and is left as it is: name a new directory.");
    fs::create_directories(path.parent_path());
    const TemporaryDirectory beside(path.parent_path());
    auto made = beside.path() / "data";
    fs::create_directory(made);
    fs::permissions(made, fs::perms::owner_all);
    if (auto filled = fill(made); !filled) return filled;
    for (const auto& file : fs::recursive_directory_iterator(made)) sync(file.path());
    sync(made);
    fs::rename(made, path);  // in the place of an empty one too
    sync(path.parent_path());
    return {};
  } catch (const std::exception& error) {
    return std::unexpected("The directory " + directory.string() + " cannot be made: " + error.what() + ".");
  }
}

}  // namespace byline
