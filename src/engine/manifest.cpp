#include "engine/manifest.hpp"

#include <fstream>
#include <iterator>

namespace byline {
namespace {

std::string read_whole(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(in), {}};
  return in ? bytes : std::string();
}

}  // namespace

Manifest Manifest::of(const std::filesystem::path& database) {
  Manifest manifest;
  manifest.name = read_whole(database / "CURRENT");
  if (!manifest.name.empty()) manifest.bytes = read_whole(manifest.file_in(database));
  return manifest;
}

std::filesystem::path Manifest::file_in(const std::filesystem::path& database) const {
  return database / name.substr(0, name.size() - 1);
}

bool Manifest::is_still_that_of(const std::filesystem::path& database) const {
  std::error_code error;
  return !bytes.empty() && read_whole(database / "CURRENT") == name &&
         std::filesystem::file_size(file_in(database), error) == bytes.size();
}

}  // namespace byline
