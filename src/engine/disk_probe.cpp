#include "engine/disk_probe.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "files/durable_file.hpp"

namespace byline {

namespace fs = std::filesystem;

namespace {

constexpr std::uintmax_t kRoomToOpen = 16 << 20;  ///< bytes: a new WAL, a manifest, and a little to live on

std::uintmax_t wal_bytes(const fs::path& database) {
  std::error_code error;
  std::uintmax_t bytes = 0;
  for (const auto& file : fs::directory_iterator(database, error)) {
    if (file.path().extension() == ".log") bytes += file.file_size(error);
  }
  return bytes;
}

}  // namespace

std::expected<void, std::string> check_writable(const fs::path& directory) {
  auto room = kRoomToOpen + wal_bytes(directory / "db");
  auto file = (directory / "probe").string();
  const Descriptor probe(::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  if (!probe.is_open()) return std::unexpected(std::strerror(errno));
  int error = ::posix_fallocate(probe.get(), 0, static_cast<off_t>(room));
  if (error == 0 && (::pwrite(probe.get(), "probe", 5, 0) != 5 || ::fsync(probe.get()) != 0)) error = errno;
  ::unlink(file.c_str());
  if (error == 0) return {};
  if (error != ENOSPC) return std::unexpected(std::strerror(error));
  return std::unexpected("the disk is full; " + std::to_string((room >> 20) + 1) + " MiB must be free");
}

}  // namespace byline
