// Data says which release wrote it, and an older one does not touch it.

#include "engine/release.hpp"

#include <gmock/gmock.h>

#include "engine_fixture.hpp"
#include "raw_database.hpp"

namespace byline::test {
namespace {

using ::testing::HasSubstr;

TEST(Release, IsReadAsSemanticVersioningHasIt) {
  EXPECT_EQ(parse_release("1.20.3"), (Release{1, 20, 3}));
  EXPECT_EQ(parse_release("0.0.0"), (Release{0, 0, 0}));
  for (const char* text : {"", "1", "1.2", "1.2.", "1.2.3.", "1.2.3.4", "a.b.c", "1.2.x", "-1.2.3", " 1.2.3",
                           "1..3", "1.2.3-rc", "4294967296.0.0"})
    EXPECT_FALSE(parse_release(text)) << text;
  EXPECT_EQ(to_string(this_release()), BYLINE_VERSION);
}

TEST(Release, ReadsWhatEveryOneBeforeWroteAndThoseOfItsMinorNumber) {
  EXPECT_TRUE(reads({1, 2, 0}, {1, 2, 9}));
  EXPECT_TRUE(reads({1, 2, 0}, {0, 9, 0}));
  EXPECT_TRUE(reads({1, 2, 0}, {1, 1, 5}));
  EXPECT_FALSE(reads({1, 2, 9}, {1, 3, 0}));
  EXPECT_FALSE(reads({1, 2, 9}, {2, 0, 0}));
}

class DataOfAnotherRelease : public EngineFixture {
 protected:
  void write_release(const std::string& release) {
    with_family(directory_.path(), "default", [&](rocksdb::DB& rocks, rocksdb::ColumnFamilyHandle* meta) {
      ASSERT_TRUE(rocks.Put({}, meta, "release", release).ok());
    });
  }
  std::string written_release() {
    std::string release;
    with_family(directory_.path(), "default", [&](rocksdb::DB& rocks, rocksdb::ColumnFamilyHandle* meta) {
      ASSERT_TRUE(rocks.Get({}, meta, "release", &release).ok());
    });
    return release;
  }
  std::string refusal(Database::Mode mode) {
    auto opened = Database::open(directory_.path(), mode);
    return opened ? "" : opened.error();
  }
};

TEST_F(DataOfAnotherRelease, ThatIsNewerIsRefusedWithTheReleaseThatIsNeeded) {
  found();
  close();
  EXPECT_EQ(written_release(), BYLINE_VERSION);
  write_release("9.4.2");
  for (auto mode : {Database::Mode::read_write, Database::Mode::read_only, Database::Mode::follower}) {
    EXPECT_EQ(refusal(mode), "The data was written by Byline 9.4.2, and this is " BYLINE_VERSION
                             ", which cannot read it: use Byline 9.4 or newer.");
  }
  EXPECT_EQ(written_release(), "9.4.2");
}

TEST_F(DataOfAnotherRelease, ThatIsOlderBecomesThisOnes) {
  found();
  close();
  write_release("0.0.7");
  open();
  close();
  EXPECT_EQ(written_release(), BYLINE_VERSION);
}

TEST_F(DataOfAnotherRelease, ThatIsANewerPatchStaysThatOnes) {
  found();
  close();
  auto newer = this_release();
  ++newer.patch;
  write_release(to_string(newer));
  reopen();
  ASSERT_TRUE(engine_);
  close();
  EXPECT_EQ(written_release(), to_string(newer));
}

TEST_F(DataOfAnotherRelease, OfADamagedNameIsRefused) {
  found();
  close();
  write_release("newest");
  EXPECT_THAT(refusal(Database::Mode::read_write), HasSubstr("damaged"));
}

}  // namespace
}  // namespace byline::test
