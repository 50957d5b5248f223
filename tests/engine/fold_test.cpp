// What a log that cannot be folded says when it is opened.

#include "engine/fold.hpp"
#include "engine/view_jobs.hpp"

#include <gmock/gmock.h>

#include "engine_fixture.hpp"
#include "events/codec.hpp"
#include "raw_database.hpp"
#include "support/replaced.hpp"

namespace byline::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class FoldTest : public EngineFixture {
 protected:
  /// Appends bytes that no engine wrote, and gives their position.
  std::uint64_t append(const std::string& bytes) {
    auto database = Database::open(directory_.path(), Database::Mode::read_write);
    EXPECT_TRUE(database) << database.error();
    auto tail = (*database)->log().tail();
    rocksdb::WriteBatch rows;
    EXPECT_TRUE((*database)->log().append(tail, std::vector{bytes}, {}, rows));
    return tail.value + 1;
  }
  /// The bytes of the last entry, as the next one's.
  std::string next_entry() {
    auto database = Database::open(directory_.path(), Database::Mode::read_only);
    EXPECT_TRUE(database) << database.error();
    std::string bytes;
    EXPECT_TRUE((*database)->log().read_one((*database)->log().tail(), bytes));
    auto entry = decode(bytes).value();
    ++entry.position.value;
    entry.commit = {entry.position, 1};
    entry.subject = {SubjectKind::organization, founding_.id};
    entry.version = {2};
    entry.event = OrganizationRenamed{"Harbor"};
    bytes.clear();
    encode(entry, bytes);
    return bytes;
  }
  std::string refusal() {
    auto opened = Engine::open(options_, metrics_);
    EXPECT_FALSE(opened) << "opened after all";
    return opened ? "" : opened.error();
  }
  static std::string at(std::uint64_t position) { return "position " + std::to_string(position); }
};

TEST_F(FoldTest, AnEntryLikeTheOthersIsFolded) {
  found();
  close();
  append(next_entry());
  open();
  ASSERT_TRUE(engine_);
  EXPECT_EQ(find_organization(*engine_->reader(), founding_.id)->name, "Harbor")
      << "views behind the log are brought to its tail";
  expect_views_are_the_log(*engine_->snapshot());
}

TEST_F(FoldTest, AnUnknownEventStopsTheWriterWithItsName) {
  found();
  close();
  auto position = append(replaced(next_entry(), "OrganizationRenamed", "OrganizationMerged"));
  EXPECT_THAT(refusal(),
              AllOf(HasSubstr(at(position)), HasSubstr("OrganizationMerged"), HasSubstr("does not know")));
}

TEST_F(FoldTest, ANewerFormOfAnEventStopsTheWriter) {
  found();
  close();
  auto position = append(replaced(next_entry(), R"("schema":1)", R"("schema":9)"));
  EXPECT_THAT(refusal(), AllOf(HasSubstr(at(position)), HasSubstr("OrganizationRenamed in form 9")));
}

TEST_F(FoldTest, ADamagedEntryStopsTheWriter) {
  found();
  close();
  auto whole = next_entry();
  auto position = append(whole.substr(0, whole.size() / 2));
  EXPECT_THAT(refusal(), HasSubstr(at(position)));
}

TEST_F(FoldTest, AnEntryInAnothersPlaceStopsTheWriter) {
  found();
  close();
  auto entry = decode(next_entry()).value();
  ++entry.position.value;
  std::string bytes;
  encode(entry, bytes);
  auto position = append(bytes);
  EXPECT_THAT(refusal(), AllOf(HasSubstr(at(position)), HasSubstr("another one")));
}

TEST_F(FoldTest, AGapStopsTheWriter) {
  found();
  close();
  with_family(directory_.path(), "log", [](rocksdb::DB& database, rocksdb::ColumnFamilyHandle* log) {
    ASSERT_TRUE(database.Delete({}, log, log_key(3)).ok());
  });
  EXPECT_THAT(refusal(), AllOf(HasSubstr("gap"), HasSubstr(at(3))));
}

TEST_F(FoldTest, AnEventOfWhatIsNotThereStopsItsViewAndNoOther) {
  found();
  close();
  auto entry = decode(next_entry()).value();
  entry.subject = {SubjectKind::record, RecordId{{1, 2, 3}}};
  entry.event = RecordUpdated{"intake/reports", {R"({"a":1})"}};
  std::string bytes;
  encode(entry, bytes);
  auto position = append(bytes);
  open();
  engine_->view_jobs().wait_until_idle(std::chrono::minutes(1));
  for (const auto& status : engine_->view_statuses()) {
    EXPECT_EQ(status.live, status.view != View::records && status.view != View::bylines)
        << engine_->views().name_of(status.view);
    if (status.live) continue;
    ASSERT_TRUE(status.stall) << engine_->views().name_of(status.view);
    EXPECT_EQ(status.stall->position.value, position);
  }
  EXPECT_TRUE(is_committed(ask(user_command("Grace", "grace@example.org", {intake_worker()}))));
}

TEST_F(FoldTest, ARefusedLogIsLeftAsItWas) {
  found();
  close();
  auto position = append(replaced(next_entry(), "OrganizationRenamed", "OrganizationMerged"));
  refusal();
  refusal();
  auto database = Database::open(directory_.path(), Database::Mode::follower);
  ASSERT_TRUE(database) << database.error();
  EXPECT_EQ((*database)->log().tail().value, position);
}

}  // namespace
}  // namespace byline::test
