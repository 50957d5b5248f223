#include "engine/engine.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <thread>

#include "engine_fixture.hpp"
#include "events/codec.hpp"

namespace byline::test {
namespace {

using EngineTest = EngineFixture;

TEST_F(EngineTest, ACommittedCommandIsInLogAndViewsAtOnce) {
  found();
  auto command = register_command("Nightly intake import", "intake@example.org", {intake_worker()});
  auto outcome = ask(command);
  ASSERT_TRUE(is_committed(outcome)) << codes_of(outcome);

  auto reader = engine_->reader();
  EXPECT_EQ(reader->tail(), std::get<Committed>(outcome).position);
  auto row = find_application(*reader, founding_.id, command.id);
  ASSERT_TRUE(row);
  EXPECT_EQ(row->name, "Nightly intake import");
  auto byline = find_byline(*reader, {SubjectKind::application, command.id});
  ASSERT_TRUE(byline);
  EXPECT_EQ(byline->created_by, founding_.administrator);
  expect_views_are_the_log(*reader);
}

TEST_F(EngineTest, WhoAnswersACommandReadsRowsAsItsBatchLeftThemWhateverCameAfter) {
  found();
  auto import = register_command("Nightly intake import", "intake@example.org", {intake_worker()});
  auto registered = ask(import);
  auto other = register_command("Archive", "archive@example.org", {intake_worker()});
  ASSERT_TRUE(is_committed(ask(other)));
  ChangeApplication rename;
  rename.id = import.id;
  rename.name = "Weekly intake import";
  auto renamed = ask(rename);
  auto deleted = ask(DeleteApplication{import.id});
  ASSERT_TRUE(is_committed(registered) && is_committed(renamed) && is_committed(deleted));

  auto name_after = [&](const Outcome& outcome, const AccountId& id) {
    auto reader = engine_->reader_after(std::get<Committed>(outcome));
    auto row = find_application(*reader, founding_.id, id);
    return row ? row->name : "none";
  };
  EXPECT_EQ(name_after(registered, import.id), "Nightly intake import");
  EXPECT_EQ(name_after(renamed, import.id), "Weekly intake import");
  EXPECT_EQ(name_after(deleted, import.id), "none");
  EXPECT_EQ(name_after(registered, other.id), "Archive") << "which that command left alone";
  auto reader = engine_->reader_after(std::get<Committed>(registered));
  EXPECT_EQ(find_byline(*reader, {SubjectKind::application, import.id})->version.value, 1U);
  EXPECT_EQ(find_account(*reader, founding_.id, founding_.administrator)->name, "Ada Moreno");
  EXPECT_EQ(reader->tail(), std::get<Committed>(deleted).position);
}

TEST_F(EngineTest, AnEntryTellsItsCircumstances) {
  found();
  auto before = engine_->reader()->tail();
  auto command = register_command("Import", "import@example.org", {intake_worker()});
  std::promise<Outcome> done;
  engine_->submit(
      {by_administrator(), command, "0af7651916cd43dd8448eb211c80319c", {}, {}, [&done](Outcome outcome) {
         done.set_value(std::move(outcome));
       }});
  ASSERT_TRUE(is_committed(done.get_future().get()));

  auto reader = engine_->reader();
  auto registered = reader->entry({before.value + 1});
  auto issued = reader->entry({before.value + 2});
  ASSERT_TRUE(registered && issued);
  EXPECT_EQ(reader->tail().value, before.value + 2);
  EXPECT_EQ(registered->subject, Subject(SubjectKind::application, command.id));
  EXPECT_EQ(registered->version.value, 1U);
  EXPECT_EQ(registered->organization, founding_.id);
  EXPECT_EQ(registered->actor, founding_.administrator);
  EXPECT_EQ(registered->correlation, "0af7651916cd43dd8448eb211c80319c");
  for (const auto& entry : {*registered, *issued}) {
    EXPECT_EQ(entry.commit, (Commit{registered->position, 2})) << "what one command wrote is one commit";
    EXPECT_EQ(entry.command, registered->command);
    EXPECT_EQ(entry.at, registered->at);
  }
  EXPECT_NE(registered->id, issued->id);
}

TEST_F(EngineTest, ARefusalWritesNothing) {
  found();
  auto before = engine_->reader()->tail();
  EXPECT_EQ(codes_of(ask(register_command("Import", "ada@example.org", {}))), "email_taken required");
  EXPECT_EQ(engine_->reader()->tail(), before);
}

TEST_F(EngineTest, ACommandThatChangesNothingIsCommittedAtTheTail) {
  found();
  auto id = register_application("Import", "import@example.org");
  auto before = engine_->reader()->tail();
  ChangeApplication same;
  same.id = id;
  same.name = "Import";
  auto outcome = ask(same);
  ASSERT_TRUE(is_committed(outcome)) << codes_of(outcome);
  EXPECT_EQ(std::get<Committed>(outcome).position, before);
  EXPECT_FALSE(std::get<Committed>(outcome).rows) << "others of the batch may have changed the row alone";
  EXPECT_EQ(engine_->reader()->tail(), before);
}

TEST_F(EngineTest, EverySubmissionHasOneOutcomeInItsOrder) {
  found();
  constexpr std::size_t kSubmissions = 1000;
  std::vector<std::size_t> answered;  // the writer's, until it is stopped
  std::vector<Position> positions;
  for (std::size_t i = 0; i < kSubmissions; ++i) {
    auto command = record_command(R"({"number":)" + std::to_string(i) + "}");
    engine_->submit({by_administrator(), command, {}, {}, {}, [&answered, &positions, i](Outcome outcome) {
                       answered.push_back(i);
                       positions.push_back(std::get<Committed>(outcome).position);
                     }});
  }
  engine_->stop();
  ASSERT_EQ(answered.size(), kSubmissions);
  EXPECT_TRUE(std::ranges::is_sorted(answered));
  EXPECT_TRUE(std::ranges::is_sorted(positions));
}

TEST_F(EngineTest, ACommandIsDecidedAgainstThoseBeforeItInTheSameBatch) {
  found();
  std::future<Outcome> first, second, third;
  {
    WriterHeld held(*engine_, by_administrator());
    auto record = record_command(R"({"a":1,"b":2})");
    first = begin(record);
    second = begin(change_record_command(record.id, R"({"b":3,"c":4})"));
    third = begin(delete_record_command(record.id));
  }
  auto created = std::get<Committed>(first.get()).position;
  EXPECT_EQ(std::get<Committed>(second.get()).position.value, created.value + 1);
  EXPECT_EQ(std::get<Committed>(third.get()).position.value, created.value + 2);
  auto updated = engine_->reader()->entry({created.value + 1});
  ASSERT_TRUE(updated);
  EXPECT_EQ(std::get<RecordUpdated>(updated->event).attributes.text, R"({"b":3,"c":4})");
  expect_views_are_the_log(*engine_->snapshot());
}

TEST_F(EngineTest, OneAddressGoesToOneOfManyWhoAskAtOnce) {
  found();
  constexpr int kAskers = 64;
  std::vector<std::future<Outcome>> outcomes(kAskers);
  {
    std::vector<std::jthread> askers;
    for (int i = 0; i < kAskers; ++i) {
      askers.emplace_back([this, i, &outcomes] {
        // The same mailbox, written in many ways.
        std::string address = i % 2 ? "Intake+Casebook@EXAMPLE.org" : "intake+casebook@example.org";
        outcomes[static_cast<std::size_t>(i)] =
            begin(register_command("Import " + std::to_string(i), address, {intake_worker()}));
      });
    }
  }
  int committed = 0;
  for (auto& outcome : outcomes) {
    auto result = outcome.get();
    committed += is_committed(result);
    EXPECT_TRUE(is_committed(result) || codes_of(result) == "email_taken") << codes_of(result);
  }
  EXPECT_EQ(committed, 1);
  expect_views_are_the_log(*engine_->snapshot());
}

TEST_F(EngineTest, TimeInTheLogNeverRunsBackwards) {
  found();
  // As if the clock had been set back a day since the last entry.
  auto ahead = engine_->reader()->entry(engine_->reader()->tail());
  ASSERT_TRUE(ahead);
  close();
  {
    auto database = Database::open(directory_.path(), Database::Mode::read_write);
    ASSERT_TRUE(database) << database.error();
    ahead->position = {ahead->position.value + 1};
    ahead->commit = {ahead->position, 1};
    ahead->at.micros += 24LL * 60 * 60 * 1'000'000;
    ahead->subject = {SubjectKind::organization, founding_.id};
    ahead->version = {2};
    ahead->event = OrganizationRenamed{"Harbor"};
    std::vector<std::string> entries(1);
    encode(*ahead, entries[0]);
    rocksdb::WriteBatch rows;
    ASSERT_TRUE((*database)->log().append((*database)->log().tail(), entries, {}, rows));
  }
  open();
  register_application("Import", "import@example.org");
  auto reader = engine_->reader();
  Time last;
  for (Position at{1}; at <= reader->tail(); ++at.value) {
    auto entry = reader->entry(at);
    ASSERT_TRUE(entry);
    EXPECT_LE(last, entry->at) << "position " << at.value;
    last = entry->at;
  }
  EXPECT_GT(last, ahead->at) << "each commit has a time of its own";
}

TEST_F(EngineTest, AFrozenReaderStaysWhereItWasTaken) {
  found();
  auto id = register_application("Before", "import@example.org");
  auto frozen = engine_->snapshot();
  ChangeApplication rename;
  rename.id = id;
  rename.name = "After";
  ASSERT_TRUE(is_committed(ask(rename)));
  EXPECT_EQ(find_application(*frozen, founding_.id, id)->name, "Before");
  EXPECT_EQ(find_application(*engine_->reader(), founding_.id, id)->name, "After");
}

TEST_F(EngineTest, TheAccessEpochMovesWithWhatAnAccountMayDo) {
  found();
  auto before = engine_->access_epoch();
  auto id = register_application("Import", "import@example.org");
  EXPECT_EQ(engine_->access_epoch(), before) << "nobody's access changed";
  ChangeApplication deactivate;
  deactivate.id = id;
  deactivate.active = false;
  ASSERT_TRUE(is_committed(ask(deactivate)));
  EXPECT_GT(engine_->access_epoch(), before);
}

TEST_F(EngineTest, EverythingIsThereAfterReopening) {
  found();
  auto id = register_application("Import", "import@example.org");
  auto tail = engine_->reader()->tail();
  reopen();
  EXPECT_TRUE(engine_->had_organizations());
  EXPECT_EQ(engine_->reader()->tail(), tail);
  EXPECT_TRUE(find_application(*engine_->reader(), founding_.id, id));
  EXPECT_EQ(codes_of(ask(register_command("Other", "IMPORT@example.org", {intake_worker()}))), "email_taken");
}

}  // namespace
}  // namespace byline::test
