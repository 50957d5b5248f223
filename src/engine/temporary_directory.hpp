#pragma once

#include <filesystem>
#include <string>

namespace byline {

/// A directory for this process alone, which goes with it. What a process that was killed left behind goes
/// when the next one is made: personal data may lie in it.
class TemporaryDirectory {
 public:
  /// Throws std::runtime_error where none can be made.
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace byline
