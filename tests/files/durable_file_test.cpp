#include "files/durable_file.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <system_error>

#include "support/temp_directory.hpp"

namespace byline::test {
namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
std::size_t count_in(const fs::path& directory) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(directory), {}));
}

TEST(DurableFile, HasItsNameOnceItIsWhole) {
  const TempDirectory directory;
  auto path = directory / "note";
  std::ofstream(path) << "before";
  DurableFile file(path);
  file.write("af");
  file.write("ter");
  EXPECT_EQ(text_of(path), "before");
  file.put_in_place();
  EXPECT_EQ(text_of(path), "after");
  EXPECT_EQ(count_in(directory.path()), 1U);
  EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST(DurableFile, LeavesNothingBehindWhereItIsGivenUp) {
  const TempDirectory directory;
  auto path = directory / "note";
  std::ofstream(path) << "before";
  {
    DurableFile(path).write("half");
  }
  EXPECT_EQ(text_of(path), "before");
  EXPECT_EQ(count_in(directory.path()), 1U);
}

TEST(DurableFile, GoesOnWhereAnotherWasCutShort) {
  const TempDirectory directory;
  auto path = directory / "note";
  std::ofstream(directory / "note.new") << "what a killed process had written so far";
  DurableFile file(path);
  file.write("after");
  file.put_in_place();
  EXPECT_EQ(text_of(path), "after");
  EXPECT_EQ(count_in(directory.path()), 1U);
}

TEST(DurableFile, SaysWhichFileCannotBeWritten) {
  const TempDirectory directory;
  auto path = directory / "missing" / "note";
  try {
    DurableFile file(path);
    FAIL() << "it was made";
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code(), std::errc::no_such_file_or_directory);
    EXPECT_NE(std::string(error.what()).find(path.string()), std::string::npos) << error.what();
  }
}

TEST(DurableFile, AFileOfThisDirectoryNeedsNoPath) {
  const TempDirectory directory;
  auto before = fs::current_path();
  fs::current_path(directory.path());
  {
    DurableFile file("note");
    file.write("here");
    file.put_in_place();
  }
  fs::current_path(before);
  EXPECT_EQ(text_of(directory / "note"), "here");
}

TEST(SyncToDisk, TakesFilesAndDirectoriesAndSaysWhatIsNot) {
  const TempDirectory directory;
  std::ofstream(directory / "file") << "text";
  EXPECT_NO_THROW(sync_to_disk(directory / "file"));
  EXPECT_NO_THROW(sync_to_disk(directory.path()));
  EXPECT_THROW(sync_to_disk(directory / "none"), std::system_error);
}

}  // namespace
}  // namespace byline::test
