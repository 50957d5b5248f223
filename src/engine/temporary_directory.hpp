#pragma once

#include <filesystem>
#include <string>

namespace byline {

/// A directory for this process alone, which goes with it. What a process that was killed left behind goes
/// when the next one is made: personal data may lie in it. What is ours is known by a file in it, which its
/// process holds locked (flock(2)); nothing else is ever touched, whatever its name.
class TemporaryDirectory {
 public:
  /// In `parent`, or where the system has its temporary files. Throws std::runtime_error where none can be
  /// made.
  explicit TemporaryDirectory(const std::filesystem::path& parent = std::filesystem::temp_directory_path());
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  /// Takes away what killed processes left in a directory.
  static void clear_away(const std::filesystem::path& parent);

  const std::filesystem::path& path() const { return path_; }

 private:
  void remove();

  std::filesystem::path whole_;  ///< with the file that is held
  std::filesystem::path path_;   ///< empty at first
  int held_ = -1;
};

}  // namespace byline
