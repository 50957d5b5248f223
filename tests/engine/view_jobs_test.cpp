#include "engine/view_jobs.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <map>
#include <nlohmann/json.hpp>
#include <thread>

#include "engine/clock.hpp"
#include "engine/ids.hpp"
#include "engine_fixture.hpp"
#include "projections/definition.hpp"
#include "projections/memory_rows.hpp"
#include "random_commands.hpp"

namespace byline::test {
namespace {

using namespace std::chrono_literals;

/// Views of an operator's own, over much of what happens here.
constexpr const char* kDefinitions = R"([
  {"name":"by-actor","events":["ApplicationRegistered","ApplicationRenamed","RecordCreated","RecordUpdated","RoleRenamed"],
   "key":["/actor","/type"],"columns":{"n":{"count":true},"first":{"first":"/subject/id"},"last":{"last":"/position"}}},
  {"name":"by-day","events":["RecordCreated","RecordUpdated","RecordDeleted"],"key":[{"pointer":"/at","per":"day"}],
   "filter":[{"pointer":"/data/collection","equals":"intake/reports"}],
   "columns":{"sum":{"sum":"/position"},"min":{"min":"/subject/id"},"max":{"max":"/at"}}},
  {"name":"role-names","events":["RoleCreated","RoleRenamed"],"key":["/data/name"],"columns":{"n":{"count":"/data/permissions"}}}])";

class ViewJobsTest : public EngineFixture {
 protected:
  /// The engine being closed, changes what is on disk.
  template <class Change>
  void tamper(Change&& change) {
    close();
    auto database = Database::open(directory_.path(), Database::Mode::read_write);
    ASSERT_TRUE(database) << database.error();
    change(**database);
    database->reset();
    open();
  }
  ViewJobs& jobs() { return engine_->view_jobs(); }
  RebuildId start(ViewJobKind kind, const std::vector<View>& views, std::uint64_t most_per_second = 0) {
    auto id = new_id<RebuildId>(system_now());
    EXPECT_TRUE(jobs().start(id, kind, views, most_per_second));
    return id;
  }
  ViewJob work(ViewJobKind kind, const std::vector<View>& views) {
    return jobs().wait(start(kind, views), 60s).value();
  }
  ViewResult only(const ViewJob& job) {
    EXPECT_EQ(job.state, ViewJobState::finished) << job.reason;
    EXPECT_EQ(job.results.size(), 1U);
    return job.results.at(0);
  }
  bool is_live(View view) const { return status(view).live; }
  ViewStatus status(View view) const { return engine_->view_statuses().at(static_cast<std::size_t>(view)); }
  /// What the log says of a view, in order.
  std::vector<std::string> told(View view) const {
    std::vector<std::string> types;
    auto reader = engine_->reader();
    for (Position at{1}; at <= reader->tail(); ++at.value) {
      auto entry = reader->entry(at).value();
      if (entry.subject == projection_subject(engine_->views().name_of(view)))
        types.emplace_back(type_name(entry.event));
    }
    return types;
  }
  void wait_until_told(View view, const std::string& type) const {
    for (int i = 0; i < 500; ++i) {
      auto types = told(view);
      if (std::ranges::find(types, type) != types.end()) return;
      std::this_thread::sleep_for(10ms);
    }
    FAIL() << type << " is not told of " << engine_->views().name_of(view);
  }
  /// Nothing is left over of a piece of work.
  void expect_nothing_left() {
    close();
    std::vector<std::string> families;
    rocksdb::DB::ListColumnFamilies({}, (directory_.path() / "db").string(), &families);
    auto views = std::ranges::count_if(families, [](const auto& name) { return name.starts_with("view."); });
    EXPECT_EQ(static_cast<std::size_t>(views), kBuiltInViewCount);
    auto bulk = directory_.path() / "bulk";
    EXPECT_TRUE(!std::filesystem::exists(bulk) || std::filesystem::is_empty(bulk));
    open();
  }
  static std::string hex(std::string_view bytes) { return rocksdb::Slice(bytes).ToString(true); }
};

TEST_F(ViewJobsTest, ARichHistoryGivesTheSameRowsByteForByte) {
  auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  options_.views = std::make_shared<const ViewSet>(parse_definitions(kDefinitions).value());
  found();
  RandomCommands history(seed, founding_);
  std::size_t committed = 0;
  for (int round = 0; round < 40; ++round) {
    std::vector<std::future<Outcome>> outcomes;
    for (int i = 0; i < 50; ++i) outcomes.push_back(begin(history.next()));
    for (auto& outcome : outcomes) committed += is_committed(outcome.get());
    if (round == 20) reopen();
  }
  EXPECT_GT(committed, 500U) << "most of the commands should be sensible";
  expect_views_are_the_log(*engine_->snapshot(), engine_->views());
  close();
  expect_disk_is_the_log(directory_.path());
  open();  // over the rebuilt views
  expect_views_are_the_log(*engine_->snapshot(), engine_->views());
}

/// One thing after the other, from its first event to its last, and not in the log's order.
TEST_F(ViewJobsTest, WhereAViewIsFoldedSideBySideTheOrderOfThingsChangesNothing) {
  auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  found();
  RandomCommands history(seed, founding_);
  for (int i = 0; i < 1500; ++i) ask(history.next());
  std::vector<LogEntry> entries;
  auto reader = engine_->reader();
  for (Position at{1}; at <= reader->tail(); ++at.value) entries.push_back(reader->entry(at).value());
  std::vector<std::string_view> side_by_side;
  for (const auto* projection : engine_->views()) {
    auto lane_of = projection->lane_of();
    if (!lane_of) continue;
    side_by_side.push_back(projection->name());
    MemoryRows in_order, by_thing;
    std::map<std::uint64_t, std::vector<const LogEntry*>> things;
    for (const auto& entry : entries) {
      projection->apply(entry, in_order);
      things[lane_of(entry)].push_back(&entry);
    }
    EXPECT_GT(things.size(), 20U);
    for (const auto& [lane, of_thing] : things) {
      for (const auto* entry : of_thing) projection->apply(*entry, by_thing);
    }
    EXPECT_EQ(by_thing.all(), in_order.all()) << projection->name();
  }
  EXPECT_THAT(side_by_side, ::testing::ElementsAre("applications", "records", "access", "bylines", "audit"));
}

TEST_F(ViewJobsTest, RowsAreReplacedWhileCommandsAndReadsGoOn) {
  auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  found();
  RandomCommands history(seed, founding_);
  std::atomic<bool> done = false;
  std::atomic<int> read = 0;
  std::thread reading([&] {
    while (!done) {  // what a list would do: names of what is there are there
      auto reader = engine_->snapshot();
      for (auto row =
               reader->scan(View::applications, application_prefix(founding_.id), {}, Direction::forward);
           row->valid(); row->next()) {
        auto id = id_from_bytes<AccountId>(row->key().substr(row->key().size() - sizeof(AccountId)));
        EXPECT_TRUE(find_account(*reader, founding_.id, id));
        EXPECT_TRUE(find_byline(*reader, {SubjectKind::application, id}));
        ++read;
      }
      std::this_thread::sleep_for(5ms);
    }
  });
  auto all = engine_->views().views();
  constexpr int kJobs = 4;
  int rebuilt = 0;
  for (auto job = start(ViewJobKind::rebuild, all); rebuilt < kJobs;) {
    std::vector<std::future<Outcome>> outcomes;
    for (int i = 0; i < 20; ++i) outcomes.push_back(begin(history.next()));
    for (auto& outcome : outcomes) EXPECT_FALSE(is_unavailable(outcome.get()));
    std::this_thread::sleep_for(5ms);  // the rebuild gives way to us
    auto now = jobs().find(job).value();
    if (!now.is_over()) continue;
    EXPECT_EQ(now.state, ViewJobState::finished) << now.reason;
    for (const auto& result : now.results) {
      ASSERT_TRUE(result.compared) << engine_->views().name_of(result.view);
      EXPECT_TRUE(result.compared->identical)
          << engine_->views().name_of(result.view) << result.compared->first_difference;
    }
    ++rebuilt;
    if (rebuilt < kJobs)
      job = start(rebuilt % 2 == 0 ? ViewJobKind::rebuild : ViewJobKind::verification, all);
  }
  done = true;
  reading.join();
  EXPECT_GT(read.load(), 0);
  expect_views_are_the_log(*engine_->snapshot());
  expect_nothing_left();
}

TEST_F(ViewJobsTest, WhoeverReadsTheRowsBeforeReadsThemToTheirEnd) {
  found();
  RandomCommands history(1, founding_);
  for (int i = 0; i < 100; ++i) ask(history.next());
  auto views = {View::applications, View::audit};
  EXPECT_EQ(work(ViewJobKind::rebuild, views).state, ViewJobState::finished);  // now they lie in files
  auto rows_of = [&](const Reader& reader) {
    std::vector<std::pair<std::string, std::string>> rows;
    for (auto view : views) {
      for (auto row = reader.scan(view, {}, {}, Direction::forward); row->valid(); row->next())
        rows.emplace_back(row->key(), row->value());
    }
    return rows;
  };
  auto reader = engine_->snapshot();
  auto before = rows_of(*reader);
  EXPECT_GT(before.size(), 100U);
  EXPECT_EQ(work(ViewJobKind::rebuild, views).state, ViewJobState::finished);
  EXPECT_EQ(rows_of(*reader), before);
  reader.reset();
  expect_nothing_left();
}

TEST_F(ViewJobsTest, AnUnfinishedRebuildIsGoneOnWithAfterTheEngineWasClosed) {
  found();
  register_application("Import", "import@example.org");
  auto id = start(ViewJobKind::rebuild, {View::applications, View::audit}, 1);  // slow
  std::this_thread::sleep_for(20ms);
  reopen();
  EXPECT_TRUE(is_live(View::applications)) << "the old rows, or the fresh ones";
  register_application("Export", "export@example.org");
  auto known = jobs().find(id);
  ASSERT_TRUE(known) << "it is known again";
  EXPECT_EQ(known->most_per_second, 1U);
  auto job = jobs().wait(id, 60s);
  ASSERT_TRUE(job);
  EXPECT_EQ(job->state, ViewJobState::finished) << job->reason;
  for (const auto& result : job->results)
    EXPECT_TRUE(result.compared->identical) << engine_->views().name_of(result.view);
  EXPECT_TRUE(only(work(ViewJobKind::rebuild, {View::applications})).compared->identical);
  expect_nothing_left();
  expect_views_are_the_log(*engine_->snapshot());
}

TEST_F(ViewJobsTest, CanBePausedGoneOnWithAndCancelled) {
  found();
  auto id = start(ViewJobKind::rebuild, {View::roles}, 1);
  ASSERT_TRUE(jobs().pause(id));
  EXPECT_EQ(jobs().wait(id, 60s)->state, ViewJobState::paused);
  reopen();
  auto after = jobs().find(id);
  ASSERT_TRUE(after);
  EXPECT_EQ(after->state, ViewJobState::paused) << "also after the next start";
  auto other = work(ViewJobKind::rebuild, {View::teams});
  EXPECT_EQ(other.state, ViewJobState::finished) << "it keeps nobody else from their work";
  ASSERT_TRUE(jobs().resume(id));
  EXPECT_FALSE(jobs().find(id)->is_over());
  ASSERT_TRUE(jobs().cancel(id));
  EXPECT_EQ(jobs().wait(id, 60s)->state, ViewJobState::cancelled);
  EXPECT_FALSE(jobs().cancel(id));
  EXPECT_FALSE(jobs().pause(id));
  expect_nothing_left();
}

TEST_F(ViewJobsTest, WhatIsCancelledStaysSoHoweverSoonTheEngineIsClosed) {
  found();
  StartRebuild command{new_id<RebuildId>(system_now()), {"roles", "audit"}, 1};
  ASSERT_TRUE(is_committed(ask(command)));
  ASSERT_TRUE(is_committed(ask(CancelRebuild{command.job, command.projections, {}})));
  reopen();
  EXPECT_FALSE(jobs().find(command.job)) << "nothing of it is left to do";
  EXPECT_THAT(told(View::roles), ::testing::ElementsAre("RebuildStarted", "RebuildCancelled"));
  expect_nothing_left();
}

TEST_F(ViewJobsTest, WhatTheLogSaysIsCancelledIsNotGoneOnWith) {
  found();
  StartRebuild command{new_id<RebuildId>(system_now()), {"roles"}, 1};
  ASSERT_TRUE(is_committed(ask(command)));
  ASSERT_TRUE(is_committed(ask(CancelRebuild{command.job, command.projections, {}})));
  nlohmann::json before = {{"id", to_string(command.job)}, {"kind", "rebuild"},  {"started_at", 0},
                           {"most_per_second", 1},         {"automatic", false}, {"paused", true},
                           {"views", {{"roles", 0}}}};
  // A kill came before that was kept.
  tamper([&](Database& database) { database.keep_jobs(nlohmann::json::array({before}).dump()); });
  EXPECT_FALSE(jobs().find(command.job));
  EXPECT_THAT(told(View::roles), ::testing::ElementsAre("RebuildStarted", "RebuildCancelled"));
  expect_nothing_left();
}

TEST_F(ViewJobsTest, TheLogSaysTheEndOfOneThatAKillMetBeforeItWasKept) {
  found();
  StartRebuild command{new_id<RebuildId>(system_now()), {"roles", "teams"}, 1};
  ASSERT_TRUE(is_committed(ask(command)));
  tamper([](Database& database) { database.keep_jobs(""); });
  EXPECT_FALSE(jobs().find(command.job));
  wait_until_told(View::teams, "RebuildFailed");
  reopen();
  EXPECT_THAT(told(View::roles), ::testing::ElementsAre("RebuildStarted", "RebuildFailed"));
  EXPECT_TRUE(is_live(View::roles));
}

TEST_F(ViewJobsTest, AViewIsInOnePieceOfWorkAtATime) {
  found();
  auto id = start(ViewJobKind::rebuild, {View::roles, View::audit}, 1);
  auto second = jobs().start(new_id<RebuildId>(system_now()), ViewJobKind::verification, {View::audit});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().view, View::audit);
  EXPECT_EQ(second.error().job, id);
  jobs().cancel(id);
}

TEST_F(ViewJobsTest, ARebuildThatIsACommandIsStartedByItsEvent) {
  found();
  StartRebuild command{new_id<RebuildId>(system_now()), {"roles", "audit"}, {}};
  auto import = register_application("Import", "import@example.org");
  EXPECT_EQ(codes_of(submit(*engine_, by(import), command).get()), "permission_missing");
  EXPECT_FALSE(jobs().find(command.job));
  ASSERT_TRUE(is_committed(ask(command)));
  auto job = jobs().wait(command.job, 60s);
  ASSERT_TRUE(job);
  EXPECT_EQ(job->state, ViewJobState::finished) << job->reason;
  wait_until_told(View::audit, "RebuildFinished");
  EXPECT_THAT(told(View::roles), ::testing::ElementsAre("RebuildStarted", "RebuildFinished"));
}

TEST_F(ViewJobsTest, ATamperedRowIsFoundAndMended) {
  found();
  auto id = register_application("Import", "import@example.org");
  auto key = application_key(founding_.id, id);
  tamper([&](Database& database) {
    ASSERT_TRUE(database.rocks().Put({}, database.rows(View::applications), key, "{}").ok());
  });
  auto seen = only(work(ViewJobKind::verification, {View::applications}));
  EXPECT_FALSE(seen.compared->identical);
  EXPECT_EQ(seen.compared->first_difference, hex(key));
  wait_until_told(View::applications, "ProjectionVerified");
  auto rebuilt = only(work(ViewJobKind::rebuild, {View::applications}));
  EXPECT_FALSE(rebuilt.compared->identical) << "the verification left the rows as they were";
  EXPECT_EQ(rebuilt.rows, 2U) << "the application, and its entry in the index of look-alikes";
  auto again = only(work(ViewJobKind::rebuild, {View::applications}));
  EXPECT_TRUE(again.compared->identical) << "the true rows are in place";
  EXPECT_EQ(again.compared->first_difference, "");
  expect_views_are_the_log(*engine_->snapshot());
}

TEST_F(ViewJobsTest, AMissingRowIsFound) {
  found();
  auto key = organization_key(founding_.id);
  tamper([&](Database& database) {
    ASSERT_TRUE(database.rocks().Delete({}, database.rows(View::organizations), key).ok());
  });
  auto result = only(work(ViewJobKind::rebuild, {View::organizations}));
  EXPECT_FALSE(result.compared->identical);
  EXPECT_EQ(result.compared->first_difference, hex(key));
  EXPECT_EQ(result.rows, 1U);
}

TEST_F(ViewJobsTest, ARowTooManyIsFound) {
  found();
  for (const char* key : {"\xFFlast", "!first"}) {
    tamper([&](Database& database) {
      ASSERT_TRUE(database.rocks().Put({}, database.rows(View::accounts), key, "x").ok());
    });
    auto result = only(work(ViewJobKind::rebuild, {View::accounts}));
    EXPECT_FALSE(result.compared->identical);
    EXPECT_EQ(result.compared->first_difference, hex(key));
    EXPECT_EQ(result.rows, 3U) << "the administrator, and the entries in two indexes";
  }
}

TEST_F(ViewJobsTest, ViewsOfAnotherVersionAreBuiltAnewByThemselves) {
  found();
  auto id = register_application("Import", "import@example.org");
  tamper([&](Database& database) {
    // Rows as an older release may have written them.
    ASSERT_TRUE(database.rocks()
                    .Put({}, database.rows(View::applications), application_key(founding_.id, id), "of old")
                    .ok());
    auto states = database.view_states();
    states[static_cast<std::size_t>(View::applications)].version = 0;
    rocksdb::WriteBatch batch;
    database.put_view_states(batch, states);
    ASSERT_TRUE(database.rocks().Write({}, &batch).ok());
  });
  jobs().wait_until_idle(60s);
  EXPECT_EQ(find_application(*engine_->reader(), founding_.id, id)->name, "Import");
  wait_until_told(View::applications, "RebuildFinished");
  expect_views_are_the_log(*engine_->snapshot());
  expect_nothing_left();
}

/// As a later release would have it: other rows, which those that are there stand in for until it made its
/// own.
class LaterRoles final : public Projection {
 public:
  View view() const override { return View::roles; }
  int version() const override { return before_->version() + 1; }
  int oldest_that_fits() const override { return before_->version(); }
  void apply(const LogEntry& entry, Rows& rows) const override {
    while (entry.position <= held_up_to.load() && !go_on.load()) std::this_thread::sleep_for(1ms);
    before_->apply(entry, rows);
  }

  mutable std::atomic<Position> held_up_to{Position{}};
  mutable std::atomic<bool> go_on = false;

 private:
  const Projection* before_ = &(*ViewSet::built_in())[View::roles];
};

TEST_F(ViewJobsTest, RowsOfAnEarlierVersionThatFitServeUntilThereAreOthers) {
  LaterRoles later;
  found();
  later.held_up_to = Position{engine_->tail()};
  close();
  options_.views = std::make_shared<const ViewSet>(std::vector<ProjectionDefinition>(), later);
  open();
  EXPECT_FALSE(jobs().list().at(0).is_over()) << "it is being built";
  EXPECT_TRUE(is_live(View::roles));
  EXPECT_EQ(find_role(*engine_->reader(), founding_.id, intake_worker())->name, "Intake Worker");
  ChangeRole rename;
  rename.id = intake_worker();
  rename.name = "Clerk";
  auto renamed = ask(rename);
  EXPECT_TRUE(is_committed(renamed)) << codes_of(renamed);
  EXPECT_EQ(find_role(*engine_->reader(), founding_.id, intake_worker())->name, "Clerk")
      << "and what is new is folded into them";
  later.go_on = true;
  jobs().wait_until_idle(60s);
  EXPECT_EQ(status(View::roles).rows_version, later.version());
  EXPECT_EQ(find_role(*engine_->reader(), founding_.id, intake_worker())->name, "Clerk");
  expect_views_are_the_log(*engine_->snapshot());
  expect_nothing_left();
}

TEST_F(ViewJobsTest, AViewThatCannotFoldAnEventStopsAndNothingElseDoes) {
  found();
  auto import = register_application("Import", "import@example.org");
  auto other = register_application("Other", "other@example.org");
  tamper([&](Database& database) {
    auto key = byline_key({SubjectKind::application, import});
    ASSERT_TRUE(database.rocks().Put({}, database.rows(View::bylines), key, "damage").ok());
  });
  ChangeApplication rename;
  rename.id = import;
  rename.name = "Renamed";
  auto outcome = ask(rename);
  ASSERT_TRUE(is_committed(outcome)) << codes_of(outcome);
  auto position = std::get<Committed>(outcome).position;

  auto stalled = status(View::bylines);
  EXPECT_FALSE(stalled.live);
  ASSERT_TRUE(stalled.stall);
  EXPECT_EQ(stalled.stall->position, position);
  EXPECT_EQ(stalled.stall->reason, "a byline of the wrong length");
  EXPECT_THROW(find_byline(*engine_->reader(), {SubjectKind::application, other}), ViewUnavailable);
  EXPECT_EQ(find_application(*engine_->reader(), founding_.id, import)->name, "Renamed");
  wait_until_told(View::bylines, "ProjectionStalled");

  // What needs it is refused, and only that.
  rename.id = other;
  EXPECT_TRUE(is_committed(ask(rename)));
  IssueCredential issue;
  issue.account = other;
  issue.proof = MadeSecret{CredentialKind::client_secret, std::string(64, 'b'), "wxyz"};
  EXPECT_TRUE(is_committed(ask(issue)));
  RevokeCredential revoke;
  revoke.account = other;
  revoke.id = live_credentials(*engine_->reader(), other).at(0).id;
  auto refused = ask(revoke);
  ASSERT_TRUE(std::holds_alternative<Unavailable>(refused));
  EXPECT_EQ(std::get<Unavailable>(refused).view, View::bylines);

  // It is built from the log, which is right: by itself at the next start.
  reopen();
  jobs().wait_until_idle(60s);
  EXPECT_TRUE(is_live(View::bylines));
  EXPECT_FALSE(status(View::bylines).stall);
  expect_views_are_the_log(*engine_->snapshot());
  expect_nothing_left();
}

}  // namespace
}  // namespace byline::test
