// What a log that cannot be folded says when it is opened.

#include "engine/fold.hpp"
#include "domain/state_form.hpp"
#include "engine/state_keeper.hpp"
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
  /// Appends renames of the organization, more than some stretches of what is decoded ahead have.
  void append_many(std::size_t count = 20'000, std::size_t name_bytes = 0) {
    auto database = Database::open(directory_.path(), Database::Mode::read_write).value();
    std::string bytes;
    auto tail = database->log().tail();
    ASSERT_TRUE(database->log().read_one(tail, bytes));
    auto entry = decode(bytes).value();
    entry.subject = {SubjectKind::organization, founding_.id};
    std::vector<std::string> entries(count);
    for (auto& each : entries) {
      ++entry.position.value;
      ++entry.version.value;
      entry.commit = {entry.position, 1};
      entry.event = OrganizationRenamed{std::to_string(entry.position.value) + std::string(name_bytes, 'x')};
      encode(entry, each);
    }
    rocksdb::WriteBatch rows;
    ASSERT_TRUE(database->log().append(tail, entries, {}, rows));
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

TEST_F(FoldTest, AheadAndHereGiveTheSame) {
  found();
  close();
  append_many(20'000);
  append_many(10'000, 1000);  // fewer of these are a stretch
  auto database =
      Database::open(directory_.path(), Database::Mode::read_only, options_.key_encryption_key).value();
  auto tail = database->log().tail();
  State here;
  ASSERT_TRUE(fold_log(*database, here, tail, Haste::gives_way));
  for (auto first : {Position{0}, Position{1}, Position{8192}, Position{8193}, Position{16'390}, tail}) {
    State ahead;
    for (auto end : {first, tail, tail}) {
      auto folded = fold_log(*database, ahead, end);
      ASSERT_TRUE(folded) << folded.error();
      EXPECT_EQ(ahead.tail(), end);
    }
    EXPECT_TRUE(is_same(here, ahead)) << first.value;
  }
}

TEST_F(FoldTest, WhatIsWrongInAnyStretchIsNamed) {
  found();
  close();
  append_many();
  auto position = append("{}");
  EXPECT_THAT(refusal(), HasSubstr(at(position)));
  for (std::uint64_t missing : {16'390U, 8193U, 8192U}) {  // each before the others
    with_family(directory_.path(), "log", [&](rocksdb::DB& database, rocksdb::ColumnFamilyHandle* log) {
      ASSERT_TRUE(database.Delete({}, log, log_key(missing)).ok());
    });
    EXPECT_THAT(refusal(), AllOf(HasSubstr("gap"), HasSubstr(at(missing))));
  }
}

TEST_F(FoldTest, ADamagedKeyInALaterStretchIsNotTakenForTheWrongKeyEncryptionKey) {
  options_.key_encryption_key = security::new_key();
  found();
  close();
  append_many(10'000);  // so that the other thread comes upon it
  open();
  register_application("Import", "import@example.org");
  close();
  std::filesystem::remove(StateKeeper::file_in(directory_.path()));
  with_family(directory_.path(), "keys", [](rocksdb::DB& database, rocksdb::ColumnFamilyHandle* keys) {
    std::unique_ptr<rocksdb::Iterator> last(database.NewIterator({}, keys));
    last->SeekToLast();  // owners' names begin with when they came
    ASSERT_TRUE(last->Valid());
    ASSERT_TRUE(database.Put({}, keys, last->key(), "damage").ok());
  });
  EXPECT_THAT(refusal(), HasSubstr("damaged, or missing"));
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
