#pragma once

#include <filesystem>
#include <string>

namespace byline {

/// Which tables and write-ahead logs make up a RocksDB database, as it is on disk at one moment: RocksDB
/// writes every change of that to its manifest before it deletes what is needed no more.
struct Manifest {
  std::string name;  ///< and a line feed, as the file CURRENT has it
  std::string bytes;

  /// Empty where there is none, or it was exchanged for another one meanwhile.
  static Manifest of(const std::filesystem::path& database);
  std::filesystem::path file_in(const std::filesystem::path& database) const;
  /// Whether nothing was changed since.
  bool is_still_that_of(const std::filesystem::path& database) const;
};

}  // namespace byline
