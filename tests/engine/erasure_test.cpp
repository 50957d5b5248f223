// Personal data in the log: sealed as it is written, opened as it is read, and gone for ever when its key is
// destroyed, from memory, views and files, while the log's bytes stay what they were.

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "engine/clock.hpp"
#include "engine_fixture.hpp"
#include "projections/audit.hpp"
#include "raw_database.hpp"
#include "support/ids.hpp"
#include "transparency/publisher.hpp"
#include "transparency/verification.hpp"

namespace byline::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ErasureTest : public EngineFixture {
 protected:
  ErasureTest() {
    options_.key_encryption_key = key(7);
    options_.rewriting_apart = std::chrono::milliseconds(0);
  }

  static security::Key key(std::uint8_t byte) {
    security::Key key;
    key.fill(byte);
    return key;
  }

  AccountId create_user(const std::string& name, const std::string& email) {
    auto command = user_command(name, email, {intake_worker()});
    command.id = numbered_id<AccountId>(900);
    auto outcome = ask(command);
    EXPECT_TRUE(is_committed(outcome)) << codes_of(outcome);
    return command.id;
  }
  template <class I>
  Outcome erase(SubjectKind kind, const I& id) {
    return ask(EraseSubject{kind, {id.bytes}, {}, {}});
  }

  std::string raw(Position position) { return engine_->log_reader()->entry(position).value(); }
  std::vector<std::string> raw_log() {
    std::vector<std::string> entries;
    for (auto cursor = engine_->log_reader(); entries.size() < cursor->size();)
      entries.push_back(raw({entries.size() + 1}));
    return entries;
  }
  LogEntry entry(Position position) { return engine_->reader()->entry(position).value(); }
  Position tail() { return engine_->reader()->tail(); }

  /// The files of the data directory that hold the text.
  std::vector<std::string> files_with(const std::string& text) {
    std::vector<std::string> found;
    for (const auto& file : std::filesystem::recursive_directory_iterator(directory_.path())) {
      if (!file.is_regular_file()) continue;
      std::ifstream in(file.path(), std::ios::binary);
      std::string bytes{std::istreambuf_iterator<char>(in), {}};
      if (bytes.find(text) != std::string::npos) found.push_back(file.path().filename());
    }
    return found;
  }
};

TEST_F(ErasureTest, TheLogHoldsNoPersonalDataInTheClear) {
  found();
  create_user("Zoe Anders", "zoe@example.org");
  ask(record_command(R"({"narrative":"seen at the harbor"})"));
  ask(register_command("Nightly import", "nightly@example.org", {intake_worker()}));
  std::string log;
  for (const auto& bytes : raw_log()) log += bytes;
  for (const char* text : {"Zoe", "zoe@", "harbor\"", "narrative", "Nightly", "nightly@"})
    EXPECT_THAT(log, Not(HasSubstr(text)));
  EXPECT_THAT(log, HasSubstr("\"type\":\"UserCreated\""));
}

TEST_F(ErasureTest, WhatIsSealedIsReadAsItWas) {
  found();
  create_user("Zoe Anders", "zoe@example.org");
  Position created{tail().value - 1};
  auto event = std::get<UserCreated>(entry(created).event);
  EXPECT_EQ(event.name, "Zoe Anders");
  EXPECT_EQ(event.email, "zoe@example.org");
  reopen();
  EXPECT_EQ(std::get<UserCreated>(entry(created).event), event);
  EXPECT_EQ(codes_of(ask(user_command("Other", "ZOE@example.org", {intake_worker()}))), "email_taken");
}

TEST_F(ErasureTest, OfSomebodyErasedNothingCanBeRead) {
  found();
  auto zoe = create_user("Zoe Anders", "zoe@example.org");
  Position created{tail().value - 1};
  auto before = raw_log();
  ASSERT_TRUE(is_committed(erase(SubjectKind::user, zoe)));
  auto after = raw_log();
  after.resize(before.size());
  EXPECT_EQ(after, before) << "the log was changed";
  for (int round = 0; round < 2; ++round) {
    auto found = entry(created);
    EXPECT_EQ(found.seal, SealState::erased);
    EXPECT_EQ(std::get<UserCreated>(found.event), (UserCreated{"", "", "", {intake_worker()}}));
    auto row = find_account(*engine_->reader(), founding_.id, zoe).value();
    EXPECT_EQ(row.status, AccountStatus::erased);
    EXPECT_EQ(row.name + row.email + row.email_key, "");
    EXPECT_FALSE(find_account_by_email(*engine_->reader(), "zoe@example.org"));
    reopen();
  }
  EXPECT_TRUE(is_committed(ask(user_command("Zoe Anders", "zoe@example.org", {intake_worker()}))));
}

TEST_F(ErasureTest, TheViewsAreWhatTheLogGivesAfterwards) {
  found();
  auto zoe = create_user("Zoe Anders", "zoe@example.org");
  auto program = register_application("Nightly import", "nightly@example.org");
  auto report = record_command(R"({"narrative":"seen"})");
  report.id = numbered_id<RecordId>(901);
  ask(report);
  ask(change_record_command(report.id, R"({"narrative":"seen twice"})"));
  IssueCredential issue;
  issue.account = program;
  issue.proof = MadeSecret{CredentialKind::client_secret, std::string(64, 'b'), "wxyz"};
  issue.label = "Anna's laptop";
  auto issued = ask(issue);
  ASSERT_TRUE(is_committed(issued)) << codes_of(issued);
  ASSERT_TRUE(is_committed(erase(SubjectKind::user, zoe)));
  ASSERT_TRUE(is_committed(erase(SubjectKind::application, program)));
  ASSERT_TRUE(is_committed(erase(SubjectKind::record, report.id)));
  expect_views_are_the_log(*engine_->snapshot());
  EXPECT_TRUE(engine_->wait_for_erasures());
  close();
  auto database = Database::open(directory_.path(), Database::Mode::follower, options_.key_encryption_key);
  auto verified = transparency::verify(**database, {});
  ASSERT_TRUE(verified) << verified.error();
  for (const auto& finding : verified->findings) ADD_FAILURE() << finding.position << ": " << finding.what;
  EXPECT_TRUE(verified->opened);
}

TEST_F(ErasureTest, TheFilesForgetItToo) {
  found();
  auto zoe = create_user("Zoe Anders", "zoe@example.org");
  ASSERT_THAT(files_with("zoe@example.org"), Not(IsEmpty())) << "of the views, in the write-ahead log";
  auto owner = DataOwner{DataOwner::Kind::account, zoe.bytes}.key();
  auto erased = erase(SubjectKind::user, zoe);
  ASSERT_TRUE(is_committed(erased)) << codes_of(erased);
  ASSERT_TRUE(engine_->wait_for_erasures());
  EXPECT_THAT(files_with("zoe@example.org"), IsEmpty());
  EXPECT_THAT(files_with("Zoe Anders"), IsEmpty());
}

/// What blocks have twice they hold once, so a text is looked for of which no other has a part. RocksDB keeps
/// the first and last key of every file in its manifest, and the view has addresses in keys.
TEST_F(ErasureTest, NoKeyOfARowStaysBehind) {
  found();
  auto program = register_application("AAA Marvin Bot", "aaaa.quux@example.org");
  reopen();  // and what was in memory is in files
  ASSERT_THAT(files_with("aaaa.quux"), Not(IsEmpty()));
  ASSERT_TRUE(is_committed(erase(SubjectKind::application, program)));
  ASSERT_TRUE(engine_->wait_for_erasures());
  eventually([&] { return files_with("aaaa.quux").empty(); });  // old files go a little later
  EXPECT_THAT(files_with("rnarvin"), IsEmpty()) << "the look-alike form of the name";
}

TEST_F(ErasureTest, TheKeyIsGoneFromTheFiles) {
  found();
  auto zoe = create_user("Zoe Anders", "zoe@example.org");
  close();
  std::string sealed;
  with_family(directory_.path(), "keys", [&](rocksdb::DB& rocks, rocksdb::ColumnFamilyHandle* family) {
    rocks.Get({}, family, DataOwner{DataOwner::Kind::account, zoe.bytes}.key(), &sealed);
  });
  ASSERT_EQ(sealed.size(), 73U);
  std::string others;
  with_family(directory_.path(), "keys", [&](rocksdb::DB& rocks, rocksdb::ColumnFamilyHandle* family) {
    rocks.Get({}, family, DataOwner{DataOwner::Kind::account, founding_.administrator.bytes}.key(), &others);
  });
  ASSERT_THAT(files_with(sealed.substr(0, 40)), Not(IsEmpty()));
  open();
  ASSERT_TRUE(is_committed(erase(SubjectKind::user, zoe)));
  ASSERT_TRUE(engine_->wait_for_erasures());
  EXPECT_THAT(files_with(sealed.substr(0, 40)), IsEmpty());
  EXPECT_THAT(files_with(others.substr(0, 40)), Not(IsEmpty())) << "others' keys stay";
}

TEST_F(ErasureTest, WaitsForThoseWhoStillReadWhatWasBefore) {
  found();
  auto zoe = create_user("Zoe Anders", "zoe@example.org");
  auto before = engine_->snapshot();
  ASSERT_TRUE(is_committed(erase(SubjectKind::user, zoe)));
  EXPECT_FALSE(engine_->wait_for_erasures());
  before.reset();
  eventually([&] { return engine_->wait_for_erasures(); });
  EXPECT_THAT(files_with("zoe@example.org"), IsEmpty());
}

TEST_F(ErasureTest, WhatWasSeenOfACredentialGoesWithIt) {
  found();
  auto zoe = create_user("Zoe Anders", "zoe@example.org");
  auto credential = live_credentials(*engine_->reader(), zoe).at(0).id;
  engine_->note_credential_use(founding_.id, zoe, credential, "192.0.2.77");
  reopen();
  auto seen = [&] {
    std::string row;
    close();
    with_family(directory_.path(), "usage", [&](rocksdb::DB& rocks, rocksdb::ColumnFamilyHandle* family) {
      rocks.Get({}, family, std::string(credential.view()), &row);
    });
    open();
    return row;
  };
  ASSERT_THAT(seen(), HasSubstr("192.0.2.77"));
  engine_->note_credential_use(founding_.id, zoe, credential, "192.0.2.78");
  ASSERT_TRUE(is_committed(erase(SubjectKind::user, zoe)));
  EXPECT_EQ(seen(), "");
}

TEST_F(ErasureTest, IsAnsweredTheSameUnderAnIdempotencyKey) {
  found();
  auto zoe = create_user("Zoe Anders", "zoe@example.org");
  auto render = [&](const Outcome& outcome, const Reader& reader) {
    auto last = find_last_entry(reader, founding_.id, {SubjectKind::user, zoe});
    return std::string(is_committed(outcome) && erases_data(last.value().event) ? "erased" : "not yet");
  };
  auto answered = submit(*engine_, by_administrator(), EraseSubject{SubjectKind::user, {zoe.bytes}, {}, {}},
                         KeyedRequest{"key", {}}, render);
  EXPECT_EQ(codes_of(answered.get()), "(repeated erased)");
}

TEST_F(ErasureTest, FilesThatWereNotWrittenAnewAreAtTheNextStart) {
  found();
  create_user("Zoe Anders", "zoe@example.org");
  close();
  {
    auto database =
        Database::open(directory_.path(), Database::Mode::read_write, options_.key_encryption_key).value();
    rocksdb::WriteBatch note;
    database->note_erasure(note, {12});
    database->rocks().Write({}, &note);
    EXPECT_THAT(database->noted_erasures(), ElementsAre("erasure.12"));
  }
  open();
  ASSERT_TRUE(engine_->wait_for_erasures());
  close();
  auto database = Database::open(directory_.path(), Database::Mode::read_only, options_.key_encryption_key);
  EXPECT_THAT((*database)->noted_erasures(), IsEmpty());
}

TEST_F(ErasureTest, WhatIsStillSeenOfSomebodyErasedIsKeptOfNobody) {
  found();
  auto zoe = create_user("Zoe Anders", "zoe@example.org");
  ASSERT_TRUE(is_committed(erase(SubjectKind::user, zoe)));
  NoteSeen failed{{SubjectKind::sign_in, zoe}, AuthenticationsFailed{zoe, 1, 0, {}, "192.0.2.7"}};
  ASSERT_TRUE(is_committed(submit(*engine_, by(kSystemAccount), failed).get()));
  EXPECT_THAT(raw(tail()), HasSubstr("\"sealed\":\"\""));
  EXPECT_EQ(std::get<AuthenticationsFailed>(entry(tail()).event).last_from, "");
  expect_views_are_the_log(*engine_->snapshot());
}

TEST_F(ErasureTest, IsDoneOnceAndNumbersEventsOn) {
  found();
  auto zoe = create_user("Zoe Anders", "zoe@example.org");
  DeleteUser deletion{zoe};
  ASSERT_TRUE(is_committed(ask(deletion)));
  auto deleted = entry(tail());
  ASSERT_TRUE(is_committed(erase(SubjectKind::user, zoe)));
  EXPECT_EQ(entry(tail()).version.value, deleted.version.value + 1);
  auto end = tail();
  auto again = erase(SubjectKind::user, zoe);
  ASSERT_TRUE(is_committed(again)) << codes_of(again);
  EXPECT_EQ(tail(), end);
  EXPECT_EQ(codes_of(erase(SubjectKind::application, zoe)), "not_found");
  EXPECT_EQ(codes_of(erase(SubjectKind::user, numbered_id<AccountId>(999))), "not_found");
}

TEST_F(ErasureTest, AnotherKeyEncryptionKeyIsRefusedBeforeAnythingIsDone) {
  found();
  close();
  for (auto other : {std::optional(key(8)), std::optional<security::Key>()}) {
    options_.key_encryption_key = other;
    auto opened = Engine::open(options_, metrics_);
    ASSERT_FALSE(opened);
    EXPECT_THAT(opened.error(), HasSubstr("key-encryption key"));
  }
}

TEST_F(ErasureTest, DataOfAReleaseThatSealedNothingIsReadAsItIs) {
  options_.key_encryption_key.reset();
  found();
  create_user("Zoe Anders", "zoe@example.org");
  Position created{tail().value - 1};
  options_.key_encryption_key = key(7);
  reopen();
  EXPECT_THAT(raw(created), HasSubstr("Zoe Anders"));
  EXPECT_EQ(std::get<UserCreated>(entry(created).event).name, "Zoe Anders");
  ChangeUser change;
  change.id = numbered_id<AccountId>(900);
  change.name = "Zoe Baker";
  ASSERT_TRUE(is_committed(ask(change)));
  EXPECT_THAT(raw(tail()), Not(HasSubstr("Baker")));
}

TEST_F(ErasureTest, VerifyingFindsAKeyThatWasDestroyedBehindTheLogsBack) {
  found();
  auto zoe = create_user("Zoe Anders", "zoe@example.org");
  auto created = tail().value - 1;
  close();
  auto owner = DataOwner{DataOwner::Kind::account, zoe.bytes}.key();
  auto findings = [&] {
    auto database = Database::open(directory_.path(), Database::Mode::follower, options_.key_encryption_key);
    std::vector<std::string> lines;
    auto verified = transparency::verify(**database, {}).value();
    for (const auto& finding : verified.findings)
      lines.push_back(std::to_string(finding.position) + ": " + finding.what);
    return lines;
  };
  with_family(directory_.path(), "keys", [&](rocksdb::DB& rocks, rocksdb::ColumnFamilyHandle* family) {
    rocks.Put({}, family, owner, "");
  });
  EXPECT_THAT(findings(), Contains(std::to_string(created) +
                                   ": The key of the entry's personal data was destroyed, but the log has "
                                   "no event that erased it."));
  with_family(directory_.path(), "keys", [&](rocksdb::DB& rocks, rocksdb::ColumnFamilyHandle* family) {
    rocks.Delete({}, family, owner);
  });
  EXPECT_THAT(findings(), Contains(std::to_string(created) +
                                   ": The entry's personal data cannot be opened: its key is missing or "
                                   "another one."));
}

TEST_F(ErasureTest, ARebuildThatIsPausedHoldsNothingBack) {
  found();
  auto zoe = create_user("Zoe Anders", "zoe@example.org");
  auto& jobs = engine_->view_jobs();
  auto id = numbered_id<RebuildId>(77);
  ASSERT_TRUE(jobs.start(id, ViewJobKind::rebuild, {View::accounts}, 1));  // slow
  eventually([&] { return jobs.find(id)->position > Position{}; });
  ASSERT_TRUE(jobs.pause(id));
  ASSERT_TRUE(is_committed(erase(SubjectKind::user, zoe)));
  eventually([&] { return engine_->wait_for_erasures(); });
  EXPECT_THAT(files_with("zoe@example.org"), IsEmpty());
  EXPECT_EQ(jobs.find(id)->state, ViewJobState::paused);
  ASSERT_TRUE(jobs.cancel(id));
  EXPECT_EQ(jobs.wait(id, std::chrono::seconds(60))->state, ViewJobState::cancelled);
}

TEST_F(ErasureTest, ADamagedKeyHoldsUpNobodyElse) {
  options_.states_apart = 1;  // the log is not folded again at the start, which would need the key
  found();
  auto zoe = create_user("Zoe Anders", "zoe@example.org");
  auto other = register_application("Other", "other@example.org");
  reopen();
  close();
  with_family(directory_.path(), "keys", [&](rocksdb::DB& rocks, rocksdb::ColumnFamilyHandle* family) {
    rocks.Put({}, family, DataOwner{DataOwner::Kind::account, zoe.bytes}.key(), std::string(73, 'x'));
  });
  open();
  ASSERT_TRUE(engine_);
  ChangeUser of_zoe;
  of_zoe.id = zoe;
  of_zoe.name = "Zoe Baker";
  ChangeApplication of_other;
  of_other.id = other;
  of_other.name = "Another Name";
  auto before = tail();
  EXPECT_TRUE(is_unavailable(ask(of_zoe)));
  EXPECT_EQ(tail(), before);
  EXPECT_TRUE(is_committed(ask(of_other)));
  EXPECT_TRUE(is_committed(erase(SubjectKind::user, zoe))) << "needs no key";
}

TEST_F(ErasureTest, WithoutTheKeyVerifyingSaysWhatItLeftOut) {
  found();
  create_user("Zoe Anders", "zoe@example.org");
  close();
  auto database = Database::open(directory_.path(), Database::Mode::follower);
  auto verified = transparency::verify(**database, {});
  ASSERT_TRUE(verified) << verified.error();
  EXPECT_THAT(verified->findings, IsEmpty());
  EXPECT_FALSE(verified->opened);
}

}  // namespace
}  // namespace byline::test
