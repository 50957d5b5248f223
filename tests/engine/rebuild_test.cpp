#include "engine/rebuild.hpp"

#include <gmock/gmock.h>

#include <random>

#include "engine/clock.hpp"
#include "engine/ids.hpp"
#include "engine_fixture.hpp"

namespace byline::test {
namespace {

/// Commands at random, most of them sensible, over everything that there is.
class History {
 public:
  History(std::uint32_t seed, const FoundOrganization& founding) : random_(seed), founding_(founding) {}

  Command next() {
    switch (below(14)) {
      case 0:
      case 1: {
        auto command = register_command(name(), address(), {some_role()});
        if (below(2)) command.url = "https://example.org/" + std::to_string(below(9));
        applications_.push_back(command.id);
        return command;
      }
      case 2:
      case 3: {
        ChangeApplication command;
        command.id = some(applications_);
        if (below(2)) command.name = name();
        if (below(3) == 0) command.email = parse_email(address()).value();
        if (below(3) == 0) command.roles = std::vector{some_role()};
        if (below(3) == 0) command.url = below(2) ? "" : "https://example.org";
        if (below(3) == 0) command.description = below(2) ? "" : "Übernimmt Meldungen 📥";
        if (below(3) == 0) command.active = below(2) == 0;
        return command;
      }
      case 4:
        return below(3) ? Command(record_command("{}")) : Command(DeleteApplication{some(applications_)});
      case 5: {
        auto command = user_command(name(), address(), {some_role()});
        users_.push_back(command.id);
        return command;
      }
      case 6: {
        ChangeUser command;
        command.id = some(users_);
        if (below(2)) command.name = name();
        if (below(2)) command.active = below(2) == 0;
        if (below(2)) command.roles = std::vector{some_role()};
        return command;
      }
      case 7:
        return DeleteUser{some(users_)};
      case 8: {
        CreateRole command;
        command.id = new_id<RoleId>(system_now());
        command.name = "Role " + std::to_string(below(1000));
        command.permissions.emplace().set(Area::people, Operation::view, Level::all);
        roles_.push_back(command.id);
        return command;
      }
      case 9: {
        ChangeRole command;
        command.id = some(roles_);
        if (below(2)) command.name = "Role " + std::to_string(below(1000));
        command.permissions.emplace().set(Area::intake, Operation::view,
                                          below(2) ? Level::all : Level::limited);
        return command;
      }
      case 10:
        return below(2) ? Command(DeleteRole{some(roles_)}) : Command(organization());
      case 11: {
        auto command = record_command(R"({"name":")" + name() + R"(","amount":1.50})");
        records_.push_back(command.id);
        return command;
      }
      case 12:
        return change_record_command(some(records_), R"({"amount":)" + std::to_string(below(5)) + R"(,"p)" +
                                                         std::to_string(below(4)) + R"(":null})");
      default:
        return below(3) ? Command(change_record_command(some(records_), R"({"nested":{"a":[1,2]}})"))
                        : Command(delete_record_command(some(records_)));
    }
  }

 private:
  std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(random_() % bound); }
  template <class I>
  I some(const std::vector<I>& ids) {
    return ids.empty() ? I{} : ids[below(static_cast<std::uint32_t>(ids.size()))];
  }
  RoleId some_role() {
    return below(2) || roles_.empty() ? role_of(founding_, below(2) ? "intake_worker" : "engage_observer")
                                      : some(roles_);
  }
  std::string name() {
    constexpr std::array kNames = {
        "Nightly intake", "N\u0456ghtly \u0456ntake", "Zoë’s import", "ייבוא", "取り込み", "📥 inbox",
        "NIGHTLY INTAKE"};
    return kNames[below(kNames.size())];
  }
  std::string address() { return "me+" + std::to_string(below(500)) + "@example.org"; }
  ChangeOrganization organization() {
    ChangeOrganization command;
    command.id = founding_.id;
    command.name = name();
    command.plan = below(2) ? Plan::standard : Plan::enterprise;
    return command;
  }

  std::mt19937 random_;
  const FoundOrganization& founding_;
  std::vector<AccountId> applications_, users_;
  std::vector<RoleId> roles_;
  std::vector<RecordId> records_;
};

class RebuildTest : public EngineFixture {
 protected:
  std::unique_ptr<Database> open_database() {
    close();
    auto database = Database::open(directory_.path(), Database::Mode::read_write);
    EXPECT_TRUE(database) << database.error();
    return std::move(*database);
  }
  static std::string hex(std::string_view bytes) { return rocksdb::Slice(bytes).ToString(true); }
};

TEST_F(RebuildTest, ARichHistoryGivesTheSameRowsByteForByte) {
  auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  found();
  History history(seed, founding_);
  std::size_t committed = 0;
  for (int round = 0; round < 40; ++round) {
    std::vector<std::future<Outcome>> outcomes;
    for (int i = 0; i < 50; ++i) outcomes.push_back(begin(history.next()));
    for (auto& outcome : outcomes) committed += is_committed(outcome.get());
    if (round == 20) reopen();
  }
  EXPECT_GT(committed, 500U) << "most of the commands should be sensible";
  expect_views_are_the_log(*engine_->reader());
  close();
  expect_disk_is_the_log(directory_.path());
  open();  // over the rebuilt views
  expect_views_are_the_log(*engine_->reader());
}

TEST_F(RebuildTest, ATamperedRowIsFoundAndMended) {
  found();
  auto id = register_application("Import", "import@example.org");
  auto database = open_database();
  auto key = application_key(founding_.id, id);
  ASSERT_TRUE(database->rocks().Put({}, database->rows(View::applications), key, "{}").ok());
  auto report = rebuild_view(*database, View::applications);
  ASSERT_TRUE(report) << report.error();
  EXPECT_FALSE(report->identical);
  EXPECT_EQ(report->first_difference, hex(key));
  EXPECT_EQ(report->rows, 2U) << "the application, and its entry in the index of look-alikes";
  auto again = rebuild_view(*database, View::applications);
  ASSERT_TRUE(again) << again.error();
  EXPECT_TRUE(again->identical) << "the true rows are in place";
  EXPECT_EQ(again->rows, 2U);
  EXPECT_EQ(again->first_difference, "");
}

TEST_F(RebuildTest, AMissingRowIsFound) {
  found();
  auto database = open_database();
  auto key = organization_key(founding_.id);
  ASSERT_TRUE(database->rocks().Delete({}, database->rows(View::organizations), key).ok());
  auto report = rebuild_view(*database, View::organizations);
  ASSERT_TRUE(report) << report.error();
  EXPECT_FALSE(report->identical);
  EXPECT_EQ(report->first_difference, hex(key));
  EXPECT_EQ(report->rows, 1U);
}

TEST_F(RebuildTest, ARowTooManyIsFound) {
  found();
  auto database = open_database();
  for (const char* key : {"\xFFlast", "!first"}) {
    ASSERT_TRUE(database->rocks().Put({}, database->rows(View::accounts), key, "x").ok());
    auto report = rebuild_view(*database, View::accounts);
    ASSERT_TRUE(report) << report.error();
    EXPECT_FALSE(report->identical);
    EXPECT_EQ(report->first_difference, hex(key));
    EXPECT_EQ(report->rows, 3U) << "the administrator, and the entries in two indexes";
  }
}

TEST_F(RebuildTest, ViewsOfAnotherVersionAreBuiltAnewAtOpening) {
  found();
  auto id = register_application("Import", "import@example.org");
  {
    auto database = open_database();
    // Rows as an older release may have written them.
    ASSERT_TRUE(database->rocks()
                    .Put({}, database->rows(View::applications), application_key(founding_.id, id), "of old")
                    .ok());
    auto states = database->view_states();
    states[static_cast<std::size_t>(View::applications)].version = 0;
    rocksdb::WriteBatch batch;
    database->put_view_states(batch, states);
    ASSERT_TRUE(database->rocks().Write({}, &batch).ok());
  }
  open();
  ASSERT_TRUE(engine_);
  EXPECT_EQ(find_application(*engine_->reader(), founding_.id, id)->name, "Import");
  expect_views_are_the_log(*engine_->reader());
}

TEST_F(RebuildTest, ALogThatCannotBeFoldedLeavesTheOldRows) {
  found();
  auto database = open_database();
  rocksdb::WriteBatch rows;
  auto tail = database->log().tail();
  ASSERT_TRUE(database->log().append(tail, std::vector<std::string>{"damage"}, {}, rows));
  auto report = rebuild_view(*database, View::organizations);
  ASSERT_FALSE(report);
  EXPECT_THAT(report.error(), ::testing::HasSubstr("position " + std::to_string(tail.value + 1)));
  std::string row;
  EXPECT_TRUE(database->rocks()
                  .Get({}, database->rows(View::organizations), organization_key(founding_.id), &row)
                  .ok());
  EXPECT_EQ(database->view_states()[static_cast<std::size_t>(View::organizations)].generation, 1U);
}

}  // namespace
}  // namespace byline::test
