#include "service/new_directory.hpp"

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "engine/temporary_directory.hpp"
#include "files/durable_file.hpp"

namespace byline {
namespace {

namespace fs = std::filesystem;

/// A new file system has a folder of its own.
bool holds_nothing(const fs::path& directory) {
  auto entries = fs::directory_iterator(directory);
  return std::ranges::all_of(entries,
                             [](const auto& entry) { return entry.path().filename() == "lost+found"; });
}

/// The database comes last: there is no data before it is there.
void move_into(const fs::path& made, const fs::path& directory) {
  std::vector<fs::path> names;
  for (const auto& entry : fs::directory_iterator(made)) names.push_back(entry.path().filename());
  std::ranges::partition(names, [](const fs::path& name) { return name != "db"; });
  for (const auto& name : names) fs::rename(made / name, directory / name);
}

}  // namespace

std::expected<void, std::string> make_directory(
    const fs::path& directory, const std::function<std::expected<void, std::string>(const fs::path&)>& fill) {
  if (directory.empty()) return std::unexpected("The directory to make has no name.");
  auto path = fs::absolute(directory).lexically_normal();
  if (!path.has_filename()) path = path.parent_path();
  try {
    bool is_there = fs::exists(path);
    if (is_there && fs::is_directory(path)) TemporaryDirectory::clear_away(path);
    if (is_there && !(fs::is_directory(path) && holds_nothing(path)))
      return std::unexpected(directory.string() +
                             " is there already, and is left as it is: name a new directory.");
    if (!is_there) fs::create_directories(path.parent_path());
    // One that is there may be where another file system begins, or be all that this user may write to.
    auto parent = is_there ? path : path.parent_path();
    {
      const TemporaryDirectory beside(parent);
      auto made = beside.path() / "data";
      fs::create_directory(made);
      fs::permissions(made, fs::perms::owner_all);
      if (auto filled = fill(made); !filled) return filled;
      for (const auto& file : fs::recursive_directory_iterator(made)) sync_to_disk(file.path());
      sync_to_disk(made);
      if (is_there) {
        move_into(made, path);
      } else {
        fs::rename(made, path);
      }
    }
    sync_to_disk(parent);
    return {};
  } catch (const std::exception& error) {
    return std::unexpected("The directory " + directory.string() + " cannot be made: " + error.what() + ".");
  }
}

}  // namespace byline
