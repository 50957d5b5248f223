// Views that an operator defines, in the engine: folded live, built anew when they are defined otherwise,
// gone when they are defined no more.

#include <gmock/gmock.h>
#include <rocksdb/db.h>

#include "engine/clock.hpp"
#include "engine/database_reader.hpp"
#include "engine/ids.hpp"
#include "engine/view_jobs.hpp"
#include "engine_fixture.hpp"
#include "projections/declared.hpp"

namespace byline::test {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kPerActor =
    R"({"name":"per-actor","events":["ApplicationRegistered"],"key":["/actor"],"columns":{"n":{"count":true}}})";
/// The same name, otherwise.
constexpr const char* kPerSubject =
    R"({"name":"per-actor","events":["ApplicationRegistered"],"key":["/subject/id"],"columns":{"n":{"count":true}}})";
constexpr const char* kPerType =
    R"({"name":"per-type","events":["ApplicationRegistered","RecordCreated","UserCreated"],"key":["/type"],"columns":{"n":{"count":true},"last":{"last":"/position"}}})";

std::shared_ptr<const ViewSet> defined(const std::vector<std::string>& definitions) {
  std::string text;
  for (const auto& one : definitions) text += (text.empty() ? "[" : ",") + one;
  return std::make_shared<const ViewSet>(parse_definitions(text.empty() ? "[]" : text + "]").value());
}

class DeclaredViews : public EngineFixture {
 protected:
  /// From the next opening on.
  void define(const std::vector<std::string>& definitions) { options_.views = defined(definitions); }
  View view(const std::string& name) const { return engine_->views().named(name).value(); }
  ViewStatus status(const std::string& name) const {
    return engine_->view_statuses().at(static_cast<std::size_t>(view(name)));
  }
  std::vector<std::string> rows(const std::string& name) const {
    std::vector<std::string> found;
    auto reader = engine_->reader();
    for (auto row = reader->scan(view(name), {}, {}, Direction::forward); row->valid(); row->next())
      found.emplace_back(row->value());
    return found;
  }
  std::string fresh_address() { return "import" + std::to_string(++addresses_) + "@example.org"; }
  std::vector<std::string> families() {
    std::vector<std::string> names;
    rocksdb::DB::ListColumnFamilies({}, (directory_.path() / "db").string(), &names);
    std::erase_if(names, [](const auto& name) { return !name.starts_with("view.per-"); });
    return names;
  }

 private:
  int addresses_ = 0;
};

TEST_F(DeclaredViews, AreFoldedWithTheOthersAndRebuiltAsTheyAre) {
  define({kPerActor, kPerType});
  found();
  register_application("Import", "import@example.org");
  register_application("Export", "export@example.org");
  EXPECT_THAT(rows("per-actor"), ElementsAre(HasSubstr(R"("columns":[2])")));
  EXPECT_TRUE(status("per-actor").live);
  expect_views_are_the_log(*engine_->snapshot(), engine_->views());
  close();
  expect_disk_is_the_log(directory_.path());
}

TEST_F(DeclaredViews, ComeToALogThatWasThereBefore) {
  found();
  register_application("Import", "import@example.org");
  define({kPerActor});
  reopen();
  EXPECT_TRUE(status("per-actor").live);
  EXPECT_EQ(rows("per-actor").size(), 1U);
  expect_views_are_the_log(*engine_->snapshot(), engine_->views());
}

TEST_F(DeclaredViews, AnotherDefinitionIsBuiltByItselfAndTheOldRowsAreNotRead) {
  define({kPerActor});
  found();
  auto id = register_application("Import", "import@example.org");
  auto before = rows("per-actor");
  close();
  // Opened by hand, so that nothing builds it yet.
  {
    auto database =
        Database::open(directory_.path(), Database::Mode::read_write, {}, nullptr, defined({kPerSubject}));
    ASSERT_TRUE(database) << database.error();
    DatabaseReader reader(std::move(*database));
    EXPECT_THROW(reader.scan(static_cast<View>(kBuiltInViewCount), {}, {}, Direction::forward),
                 ViewUnavailable);
  }
  define({kPerSubject});
  open();
  EXPECT_TRUE(status("per-actor").live);
  EXPECT_THAT(rows("per-actor"), ElementsAre(HasSubstr(to_string(id))));
  EXPECT_NE(rows("per-actor"), before);
  eventually([&] { return families().size() == 1; });
  expect_views_are_the_log(*engine_->snapshot(), engine_->views());
}

TEST_F(DeclaredViews, ADescriptionChangesNothing) {
  define({kPerActor});
  found();
  auto generation = families();
  std::string described = kPerActor;
  described.insert(1, R"("description":"Who lets in how many",)");
  define({described});
  reopen();
  EXPECT_EQ(families(), generation);
  EXPECT_THAT(engine_->view_jobs().list(), IsEmpty());
}

TEST_F(DeclaredViews, WhatIsDefinedNoMoreIsGone) {
  define({kPerActor, kPerType});
  found();
  EXPECT_EQ(families().size(), 2U);
  define({kPerType});
  reopen();
  EXPECT_FALSE(engine_->views().named("per-actor"));
  EXPECT_THAT(families(), ElementsAre("view.per-type.1"));
  EXPECT_TRUE(status("per-type").live);
  register_application("Import", "import@example.org");
  define({kPerType, kPerActor});
  reopen();
  EXPECT_EQ(rows("per-actor").size(), 1U) << "and comes again, with all that it missed";
}

TEST_F(DeclaredViews, WhoSaysNothingOfThemFindsThoseOfBefore) {
  define({kPerActor});
  found();
  options_.views = nullptr;
  reopen();
  register_application("Import", "import@example.org");
  EXPECT_TRUE(status("per-actor").live);
  EXPECT_EQ(rows("per-actor").size(), 1U);
  close();
  auto follower = Database::open(directory_.path(), Database::Mode::follower);
  ASSERT_TRUE(follower) << follower.error();
  EXPECT_TRUE((*follower)->views().named("per-actor"));
}

TEST_F(DeclaredViews, ARebuildOfAnEarlierDefinitionIsNotGoneOnWith) {
  define({kPerActor});
  found();
  for (int i = 0; i < 3; ++i)
    register_application("Import " + std::to_string(i), "import" + std::to_string(i) + "@example.org");
  auto id = new_id<RebuildId>(system_now());
  ASSERT_TRUE(engine_->view_jobs().start(id, ViewJobKind::rebuild, {view("per-actor")}, 10));  // slow
  eventually([&] { return engine_->view_jobs().find(id)->position.value > 0; });
  define({kPerSubject});
  reopen();
  engine_->view_jobs().wait_until_idle(60s);
  EXPECT_EQ(rows("per-actor").size(), 3U) << "a row for each, and none of before";
  expect_views_are_the_log(*engine_->snapshot(), engine_->views());
  eventually([&] { return families().size() == 1; });
}

TEST_F(DeclaredViews, NoWorkThatIsKeptHoldsUpAnotherDefinition) {
  for (auto kind : {ViewJobKind::verification, ViewJobKind::rebuild}) {
    define({kPerActor});
    if (engine_) {
      reopen();
    } else {
      found();
    }
    register_application("Import", fresh_address());
    engine_->view_jobs().wait_until_idle(60s);  // the work that the definition itself asks for
    auto id = new_id<RebuildId>(system_now());
    ASSERT_TRUE(engine_->view_jobs().start(id, kind, {view("per-actor"), View::roles}, 10));  // slow
    ASSERT_TRUE(engine_->view_jobs().pause(id));
    define({kPerSubject});
    reopen();
    eventually([&] { return status("per-actor").live; });
    EXPECT_THAT(rows("per-actor"), Not(IsEmpty()));
    expect_views_are_the_log(*engine_->snapshot(), engine_->views());
    engine_->view_jobs().cancel(id);
  }
}

TEST_F(DeclaredViews, DamageStopsOneAndNothingElse) {
  define({kPerActor, kPerType});
  found();
  register_application("Import", "import@example.org");
  close();
  {
    auto database = Database::open(directory_.path(), Database::Mode::read_write);
    ASSERT_TRUE(database) << database.error();
    auto* family = (*database)->rows((*database)->views().named("per-actor").value());
    std::unique_ptr<rocksdb::Iterator> row((*database)->rocks().NewIterator({}, family));
    row->SeekToFirst();
    ASSERT_TRUE(row->Valid());
    ASSERT_TRUE((*database)->rocks().Put({}, family, row->key(), "damage").ok());
  }
  open();
  register_application("Export", "export@example.org");
  EXPECT_TRUE(status("per-actor").stall);
  EXPECT_TRUE(status("per-type").live);
  EXPECT_THROW(rows("per-actor"), ViewUnavailable);
  reopen();  // which builds it anew
  engine_->view_jobs().wait_until_idle(60s);
  EXPECT_THAT(rows("per-actor"), ElementsAre(HasSubstr(R"("columns":[2])")));
}

TEST_F(DeclaredViews, DefinitionsThatAreDamagedOnDiskAreSaidToBe) {
  define({kPerActor});
  found();
  close();
  {
    auto database = Database::open(directory_.path(), Database::Mode::read_write);
    ASSERT_TRUE(database) << database.error();
    ASSERT_TRUE((*database)->rocks().Put({}, "projections", "damage").ok());
  }
  auto opened = Database::open(directory_.path(), Database::Mode::follower);
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error(), HasSubstr("definitions of projections"));
  open();  // with what is defined now
  EXPECT_TRUE(engine_);
}

}  // namespace
}  // namespace byline::test
