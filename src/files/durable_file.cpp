#include "files/durable_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace byline {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& path, const char* what) {
  throw std::system_error(errno, std::generic_category(), path.string() + " cannot be " + what);
}

fs::path beside(fs::path file) { return file += ".new"; }

}  // namespace

Descriptor::~Descriptor() {
  if (is_open()) ::close(number_);
}

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    auto written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

void sync_to_disk(const fs::path& path) {
  const Descriptor opened(::open(path.empty() ? "." : path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!opened.is_open() || ::fsync(opened.get()) != 0) fail(path, "made safe on disk");
}

DurableFile::DurableFile(fs::path file)
    : file_(std::move(file)),
      beside_(beside(file_)),
      written_(::open(beside_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)) {
  if (!written_.is_open()) fail(file_, "written");
}

DurableFile::~DurableFile() {
  std::error_code ignored;
  if (!is_in_place_) fs::remove(beside_, ignored);
}

void DurableFile::write(std::string_view bytes) {
  if (!write_all(written_.get(), bytes)) fail(file_, "written");
}

void DurableFile::put_in_place() {
  if (::fsync(written_.get()) != 0) fail(file_, "made safe on disk");
  std::error_code error;
  fs::rename(beside_, file_, error);
  if (error) throw std::system_error(error, file_.string() + " cannot be put in place");
  is_in_place_ = true;
  sync_to_disk(file_.parent_path());
}

}  // namespace byline
