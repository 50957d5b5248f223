#include "engine/database.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <thread>

#include "engine/database_reader.hpp"
#include "engine_fixture.hpp"
#include "events/codec.hpp"
#include "raw_database.hpp"
#include "support/process.hpp"

namespace byline::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using DatabaseTest = EngineFixture;

TEST_F(DatabaseTest, ANewerFormatIsRefusedAndLeftAlone) {
  found();
  close();
  with_family(directory_.path(), "default", [](rocksdb::DB& database, rocksdb::ColumnFamilyHandle* family) {
    ASSERT_TRUE(database.Put({}, family, "format", "3").ok());
  });
  for (auto mode : {Database::Mode::read_write, Database::Mode::read_only, Database::Mode::follower}) {
    auto database = Database::open(directory_.path(), mode);
    ASSERT_FALSE(database);
    EXPECT_THAT(database.error(), HasSubstr("format 3"));
    EXPECT_THAT(database.error(), HasSubstr("newer release"));
  }
  with_family(directory_.path(), "default", [](rocksdb::DB& database, rocksdb::ColumnFamilyHandle* family) {
    std::string format;
    ASSERT_TRUE(database.Get({}, family, "format", &format).ok());
    EXPECT_EQ(format, "3");
  });
}

TEST_F(DatabaseTest, ADirectoryInUseIsRefusedWithASentence) {
  found();
  auto expected = "The data directory " + directory_.path().string() + " is in use by another process.";
  auto second = Engine::open(options_, metrics_);
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error(), HasSubstr(expected));
  auto elsewhere = run_byline({"rebuild", "--data", directory_.path(), "--all"});
  EXPECT_NE(elsewhere.status, 0);
  EXPECT_THAT(elsewhere.errors, HasSubstr(expected));
  close();
  open();
  EXPECT_TRUE(engine_) << "who had it let go of it";
}

TEST_F(DatabaseTest, ADirectoryThatCannotBeMadeIsRefusedWithASentence) {
  std::ofstream(directory_ / "file") << "not a directory";
  options_.directory = directory_ / "file" / "data";
  auto opened = Engine::open(options_, metrics_);
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error(), HasSubstr("cannot be made"));
}

TEST_F(DatabaseTest, ReadingWhereThereIsNoDataIsRefusedAndMakesNothing) {
  for (auto mode : {Database::Mode::read_only, Database::Mode::follower}) {
    auto database = Database::open(directory_ / "none", mode);
    ASSERT_FALSE(database);
    EXPECT_THAT(database.error(), HasSubstr("There is no Byline data"));
    EXPECT_FALSE(std::filesystem::exists(directory_ / "none"));
  }
}

TEST_F(DatabaseTest, GenerationsThatNeverBecameLiveAreCleared) {
  found();
  register_application("Import", "import@example.org");
  close();
  {
    // What a rebuild leaves that is killed before its swap.
    auto database = Database::open(directory_.path(), Database::Mode::read_write);
    ASSERT_TRUE(database) << database.error();
    auto fresh = (*database)->open_generations({{View::applications, 2}});
    ASSERT_TRUE(fresh) << fresh.error();
    ASSERT_TRUE((*database)->rocks().Put({}, fresh->at(0).get(), "half", "done").ok());
  }
  ASSERT_THAT(families_in(directory_.path()), Contains("view.applications.2"));
  open();
  expect_views_are_the_log(*engine_->snapshot());
  close();
  EXPECT_THAT(families_in(directory_.path()), Not(Contains("view.applications.2")));
  EXPECT_THAT(families_in(directory_.path()), Contains("view.applications.1"));
  expect_disk_is_the_log(directory_.path());
}

TEST_F(DatabaseTest, AFollowerReadsAWholePrefixWhileTheWriterWrites) {
  found();
  std::atomic<bool> enough = false;
  std::atomic<std::uint64_t> acknowledged = 0;
  std::jthread writing([&] {
    while (!enough) acknowledged = std::get<Committed>(ask(record_command(R"({"a":"b"})"))).position.value;
  });
  std::uint64_t last = 0;
  for (int round = 0; round < 20; ++round) {
    auto known = acknowledged.load();
    auto follower = Database::open(directory_.path(), Database::Mode::follower);
    ASSERT_TRUE(follower) << follower.error();
    auto cursor = (*follower)->log().read({});
    std::uint64_t count = 0;
    while (cursor->next()) {
      ASSERT_EQ(cursor->position().value, ++count);
      ASSERT_TRUE(decode(cursor->bytes()));
    }
    EXPECT_GE(count, known) << "what was acknowledged before can be read";
    EXPECT_GE(count, last);
    last = count;
  }
  enough = true;
}

TEST_F(DatabaseTest, FollowersReadWhileFilesAreRewritten) {
  found();
  close();
  auto writer = Database::open(directory_.path(), Database::Mode::read_write);
  ASSERT_TRUE(writer) << writer.error();
  auto tail = (*writer)->log().tail().value;
  std::atomic<bool> enough = false;
  std::jthread rewriting([&] {
    auto& rocks = (*writer)->rocks();
    while (!enough) {
      for (const auto* projection : *ViewSet::built_in()) {
        auto* rows = (*writer)->rows(projection->view());
        EXPECT_TRUE(rocks.Put({}, rows, "key", "value").ok());
        EXPECT_TRUE(rocks.Flush({}, rows).ok());
        EXPECT_TRUE(rocks.CompactRange({}, rows, nullptr, nullptr).ok());
      }
    }
  });
  for (int round = 0; round < 10; ++round) {
    auto follower = Database::open(directory_.path(), Database::Mode::follower);
    EXPECT_TRUE(follower) << follower.error();
    if (follower) {
      EXPECT_EQ((*follower)->log().tail().value, tail);
    }
  }
  enough = true;
}

TEST_F(DatabaseTest, FollowersOfOneProcessDoNotDisturbEachOther) {
  found();
  auto first = Database::open(directory_.path(), Database::Mode::follower);
  ASSERT_TRUE(first) << first.error();
  {
    auto second = Database::open(directory_.path(), Database::Mode::follower);
    ASSERT_TRUE(second) << second.error();
    EXPECT_EQ((*second)->log().tail(), (*first)->log().tail());
  }
  std::string bytes;
  EXPECT_TRUE((*first)->log().read_one({1}, bytes));
  auto third = Database::open(directory_.path(), Database::Mode::follower);
  EXPECT_TRUE(third) << third.error();
}

TEST_F(DatabaseTest, ATornLastWriteIsDroppedAndNothingElse) {
  found();
  auto before = engine_->reader()->tail();
  register_application("Torn", "torn@example.org");
  close();
  std::filesystem::path log;
  for (const auto& file : std::filesystem::directory_iterator(directory_ / "db")) {
    if (file.path().extension() == ".log" && file.file_size() > 0) log = file.path();
  }
  ASSERT_FALSE(log.empty());
  std::filesystem::resize_file(log, std::filesystem::file_size(log) - 7);
  open();
  ASSERT_TRUE(engine_);
  EXPECT_EQ(engine_->reader()->tail(), before);
  register_application("Again", "torn@example.org");
  expect_views_are_the_log(*engine_->snapshot());
  close();
  expect_disk_is_the_log(directory_.path());
}

}  // namespace
}  // namespace byline::test
