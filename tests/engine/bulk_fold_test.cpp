#include "engine/bulk_fold.hpp"

#include <gmock/gmock.h>

#include "engine/compare_rows.hpp"
#include "engine_fixture.hpp"
#include "projections/definition.hpp"
#include "random_commands.hpp"

namespace byline::test {
namespace {

constexpr std::uint32_t kGeneration = 99;

class BulkFoldTest : public EngineFixture {
 protected:
  BulkFoldTest() { options_.key_encryption_key = security::new_key(); }

  /// A history, and the database that it is in.
  void make_history(std::uint32_t commands) {
    found();
    auto seed = std::random_device()();
    RecordProperty("seed", std::to_string(seed));
    RandomCommands history(seed, founding_);
    for (std::uint32_t i = 0; i < commands; ++i) ask(history.next());
    close();
    open_database();
  }
  void open_database(std::shared_ptr<const ViewSet> views = nullptr) {
    auto opened = Database::open(directory_.path(), Database::Mode::read_write, options_.key_encryption_key,
                                 nullptr, std::move(views));
    ASSERT_TRUE(opened) << opened.error();
    database_ = std::move(*opened);
  }
  /// A fold of all views into rows of their own, from where the last one left them on disk.
  std::unique_ptr<BulkFold> fold(BulkFold::Limits limits) {
    auto made = std::make_unique<BulkFold>(*database_, crew_, limits);
    std::vector<std::pair<View, std::uint32_t>> wanted;
    for (auto view : database_->views().views()) wanted.emplace_back(view, kGeneration);
    auto families = database_->open_generations(wanted).value();
    for (std::size_t i = 0; i < wanted.size(); ++i)
      made->add(wanted[i].first, families[i], directory_.path() / "scratch");
    return made;
  }
  Position tail() const { return database_->log().tail(); }
  void expect_as_live(View view) {
    auto compared = compare_rows({database_->rocks(), *database_->rows(view)},
                                 {database_->rocks(), *database_->generation(view, kGeneration)});
    EXPECT_TRUE(compared->identical) << database_->views().name_of(view) << " at "
                                     << compared->first_difference;
  }
  void expect_all_as_live() {
    for (auto view : database_->views().views()) expect_as_live(view);
  }

  Crew crew_{2};
  std::unique_ptr<Database> database_;
};

const auto kAlways = [](Position) { return true; };

TEST_F(BulkFoldTest, WithHardlyAnyMemoryTheRowsAreTheSame) {
  make_history(300);
  auto bulk = fold({.row_bytes = 8 << 10, .stretch = 16, .unstored = UINT64_MAX, .stretch_bytes = 2000});
  bulk->run(tail(), kAlways);
  bulk->flush();
  expect_all_as_live();
}

TEST_F(BulkFoldTest, WhatWasNotStoredIsFoldedAgainAndNothingTwice) {
  make_history(300);
  std::uint64_t most_unstored = 0;
  for (std::uint64_t stop = 40;; stop += 40) {
    auto bulk = fold({.row_bytes = 24 << 10, .stretch = 8, .unstored = 64});
    auto begun = bulk->folded();
    bulk->run(tail(), [stop](Position at) { return at.value < stop; });
    for (const auto& target : bulk->targets())
      most_unstored = std::max(most_unstored, bulk->folded().value - target.rows->stored().value);
    if (bulk->folded() == tail()) {
      bulk->flush();
      break;
    }
    ASSERT_GE(bulk->folded(), begun);
  }  // and what was in memory is gone
  EXPECT_LE(most_unstored, 64U + 8);
  expect_all_as_live();
}

/// Fails in the middle of a change.
class FailingApplications final : public Projection {
 public:
  View view() const override { return View::applications; }
  int version() const override { return before_->version(); }
  LaneOf lane_of() const override { return before_->lane_of(); }
  void apply(const LogEntry& entry, Rows& rows) const override {
    before_->apply(entry, rows);
    if (entry.position.value > 60) throw std::runtime_error("a bug");
  }

 private:
  const Projection* before_ = &(*ViewSet::built_in())[View::applications];
};

TEST_F(BulkFoldTest, AViewThatFailsTakesNoMemoryAndHoldsUpNoOther) {
  make_history(200);
  database_.reset();
  const FailingApplications failing;
  open_database(std::make_shared<const ViewSet>(std::vector<ProjectionDefinition>(), failing));
  auto bulk = fold({.row_bytes = 1 << 20, .stretch = 16, .unstored = UINT64_MAX});
  bulk->run(tail(), kAlways);
  bulk->flush();
  for (const auto& target : bulk->targets()) {
    EXPECT_EQ(target.failure.has_value(), target.view == View::applications);
    if (target.failure) {
      EXPECT_EQ(target.failure->position, Position{61});
      EXPECT_EQ(target.rows->bytes(), 0U);
    } else {
      expect_as_live(target.view);
    }
  }
}

}  // namespace
}  // namespace byline::test
