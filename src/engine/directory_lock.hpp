#pragma once

#include <expected>
#include <filesystem>
#include <string>

namespace byline {

/// Holds a data directory for this process alone, until it is destroyed or the process dies.
class DirectoryLock {
 public:
  /// Makes the directory when it is not there. The error is a sentence for an operator.
  static std::expected<DirectoryLock, std::string> acquire(const std::filesystem::path& directory);
  /// Whether a process holds it, at this moment. Changes nothing.
  static bool is_held(const std::filesystem::path& directory);
  DirectoryLock(DirectoryLock&& other) noexcept;
  DirectoryLock& operator=(DirectoryLock&&) = delete;
  ~DirectoryLock();

 private:
  explicit DirectoryLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace byline
