#include "engine/frozen_copy.hpp"

#include <chrono>
#include <fstream>
#include <stdexcept>
#include <thread>
#include <vector>

#include "engine/manifest.hpp"

namespace byline {
namespace {

namespace fs = std::filesystem;

void write_whole(const fs::path& file, const std::string& bytes) {
  std::ofstream out(file, std::ios::binary);
  out << bytes;
  out.close();
  if (!out) throw std::runtime_error(file.string() + " cannot be written");
}

/// False where the file is not there any more.
bool link_or_copy(const fs::path& file, const fs::path& to) {
  std::error_code error;
  fs::create_hard_link(file, to, error);
  if (error && error != std::errc::no_such_file_or_directory) fs::copy_file(file, to, error);
  if (error == std::errc::no_such_file_or_directory) return false;
  if (error) throw std::runtime_error(file.string() + " cannot be copied: " + error.message());
  return true;
}

/// False where the database changed its files meanwhile.
bool copy_files(const fs::path& database, const fs::path& to) {
  auto manifest = Manifest::of(database);
  std::vector<fs::path> write_ahead_logs;
  for (const auto& file : fs::directory_iterator(database)) {
    auto extension = file.path().extension();
    bool is_log = extension == ".log";
    if (!is_log && extension != ".sst") continue;
    auto copied = to / file.path().filename();
    if (link_or_copy(file.path(), copied) && is_log) write_ahead_logs.push_back(copied);
  }
  if (!manifest.is_still_that_of(database)) return false;
  // The service goes on to write to the newest of these: a copy of its own, of which the end may be torn.
  for (const auto& log : write_ahead_logs) {
    auto copy = log;
    copy += ".copy";
    fs::copy_file(log, copy);
    fs::rename(copy, log);
  }
  write_whole(manifest.file_in(to), manifest.bytes);
  write_whole(to / "CURRENT", manifest.name);
  return true;
}

}  // namespace

FrozenCopy::FrozenCopy(const fs::path& data) : copy_(data) {
  using namespace std::chrono_literals;
  constexpr int kAttempts = 100;
  auto to = copy_.path() / "db";
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    fs::create_directories(to);
    if (copy_files(data / "db", to)) return;
    fs::remove_all(to);
    std::this_thread::sleep_for(50ms);
  }
  throw std::runtime_error("its files change all the time");
}

}  // namespace byline
