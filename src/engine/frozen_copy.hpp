#pragma once

#include <filesystem>

#include "engine/temporary_directory.hpp"

namespace byline {

/// A copy of a data directory's database as it is at one moment, made beside the service that may be writing
/// it, and gone with this object. It has everything that was durable before. Table files, which are never
/// changed, are links where the file system has them, and take neither time nor room.
class FrozenCopy {
 public:
  /// In a directory of its own within the data directory. Throws std::runtime_error.
  explicit FrozenCopy(const std::filesystem::path& data);

  /// A data directory, for nobody else.
  const std::filesystem::path& path() const { return copy_.path(); }

 private:
  TemporaryDirectory copy_;
};

}  // namespace byline
