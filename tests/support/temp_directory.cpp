#include "support/temp_directory.hpp"

#include <cstdlib>
#include <stdexcept>

namespace byline::test {

TempDirectory::TempDirectory() {
  auto pattern = (std::filesystem::temp_directory_path() / "byline-test-XXXXXX").string();
  if (!::mkdtemp(pattern.data())) throw std::runtime_error("no temporary directory can be made");
  path_ = pattern;
}

TempDirectory::~TempDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace byline::test
