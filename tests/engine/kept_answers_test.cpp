#include "engine/kept_answers.hpp"

#include "engine/clock.hpp"
#include "engine_fixture.hpp"

namespace byline::test {
namespace {

constexpr Time kNow{1'800'000'000'000'000};
constexpr std::int64_t kHour = 60LL * 60 * 1'000'000;

KeyedRequest keyed(const std::string& digest, std::uint8_t request = 1) { return {digest, {request}}; }

TEST(KeptAnswer, IsKeptForADayAndNoLonger) {
  auto row = write_answer(keyed("k"), kNow, "the answer");
  for (std::int64_t later : {std::int64_t{0}, kHour, 24 * kHour - 1}) {
    auto kept = read_answer(row, {kNow.micros + later});
    ASSERT_TRUE(kept) << later;
    EXPECT_EQ(kept->bytes, "the answer");
    EXPECT_EQ(kept->fingerprint, keyed("k").fingerprint);
    EXPECT_FALSE(is_expired_answer(row, {kNow.micros + later}));
  }
  EXPECT_FALSE(read_answer(row, {kNow.micros + 24 * kHour}));
  EXPECT_TRUE(is_expired_answer(row, {kNow.micros + 24 * kHour}));
}

TEST(KeptAnswer, MayBeAnyBytes) {
  std::string bytes("\0\xFF{}", 4);
  EXPECT_EQ(read_answer(write_answer(keyed("k"), kNow, bytes), kNow)->bytes, bytes);
  EXPECT_EQ(read_answer(write_answer(keyed("k"), kNow, {}), kNow)->bytes, "");
}

TEST(KeptAnswer, ADamagedRowIsNone) {
  auto row = write_answer(keyed("k"), kNow, {});
  for (std::size_t length = 0; length < row.size(); ++length) {
    EXPECT_FALSE(read_answer(std::string_view(row).substr(0, length), kNow)) << length;
  }
}

TEST(KeptAnswer, BelongsToItsActor) {
  AccountId one{{1}}, other{{2}};
  EXPECT_NE(answer_key(one, keyed("k")), answer_key(other, keyed("k")));
  EXPECT_NE(answer_key(one, keyed("k")), answer_key(one, keyed("l")));
}

class RepeatedRequest : public EngineFixture {
 protected:
  Outcome ask_keyed(Command command, const KeyedRequest& request) {
    return submit(*engine_, by_administrator(), std::move(command), request,
                  [this](const Outcome& outcome, const Reader&) {
                    return codes_of(outcome) + " #" + std::to_string(++rendered_);
                  })
        .get();
  }
  std::string bytes_of(const Outcome& outcome) {
    auto* repeated = std::get_if<Repeated>(&outcome);
    return repeated ? repeated->bytes : codes_of(outcome);
  }
  int rendered_ = 0;
};

TEST_F(RepeatedRequest, GetsTheSameAnswerAndIsDoneOnce) {
  found();
  EXPECT_EQ(bytes_of(ask_keyed(record_command("{}"), keyed("k"))), "(committed) #1");
  auto tail = engine_->reader()->tail();
  EXPECT_EQ(bytes_of(ask_keyed(record_command("{}"), keyed("k"))), "(committed) #1");
  EXPECT_EQ(engine_->reader()->tail(), tail);
}

TEST_F(RepeatedRequest, GetsTheSameAnswerAfterReopening) {
  found();
  EXPECT_EQ(bytes_of(ask_keyed(record_command("{}"), keyed("k"))), "(committed) #1");
  auto tail = engine_->reader()->tail();
  reopen();
  EXPECT_EQ(bytes_of(ask_keyed(record_command("{}"), keyed("k"))), "(committed) #1");
  EXPECT_EQ(engine_->reader()->tail(), tail);
}

TEST_F(RepeatedRequest, GetsTheSameAnswerInTheSameBatch) {
  found();
  std::vector<std::future<Outcome>> outcomes;
  auto tail = engine_->reader()->tail();
  {
    WriterHeld held(*engine_, by_administrator());
    for (int i = 0; i < 5; ++i) {
      outcomes.push_back(submit(*engine_, by_administrator(), record_command("{}"), keyed("k"),
                                [](const Outcome& outcome, const Reader&) { return codes_of(outcome); }));
    }
  }
  for (auto& outcome : outcomes) EXPECT_EQ(bytes_of(outcome.get()), "(committed)");
  EXPECT_EQ(engine_->reader()->tail().value, tail.value + 1);
}

TEST_F(RepeatedRequest, ARefusalIsRepeatedToo) {
  found();
  auto taken = register_command("Import", "ada@example.org", {intake_worker()});
  EXPECT_EQ(bytes_of(ask_keyed(taken, keyed("k"))), "email_taken #1");
  reopen();
  EXPECT_EQ(bytes_of(ask_keyed(taken, keyed("k"))), "email_taken #1");
}

TEST_F(RepeatedRequest, TheKeyOfAnotherRequestIsRefused) {
  found();
  ask_keyed(record_command("{}"), keyed("k", 1));
  EXPECT_EQ(bytes_of(ask_keyed(record_command("{}"), keyed("k", 2))), "idempotency_key_reused");
  EXPECT_EQ(bytes_of(ask_keyed(record_command("{}"), keyed("k", 1))), "(committed) #1");
}

TEST_F(RepeatedRequest, IsDoneAnewAfterADay) {
  found();
  auto request = keyed("k");
  close();
  {
    auto database = Database::open(directory_.path(), Database::Mode::read_write);
    ASSERT_TRUE(database) << database.error();
    Time yesterday{system_now().micros - 25 * kHour};
    ASSERT_TRUE((*database)
                    ->rocks()
                    .Put({}, (*database)->answers(), answer_key(founding_.administrator, request),
                         write_answer(request, yesterday, "yesterday's"))
                    .ok());
  }
  open();
  EXPECT_EQ(bytes_of(ask_keyed(record_command("{}"), request)), "(committed) #1");
}

TEST_F(RepeatedRequest, IsRenderedWithTheRowsAsTheyWillBe) {
  found();
  auto command = register_command("Import", "import@example.org", {intake_worker()});
  auto outcome =
      submit(*engine_, by_administrator(), command, keyed("k"),
             [&](const Outcome& decided, const Reader& reader) {
               auto row = find_application(reader, founding_.id, command.id);
               auto position = std::get<Committed>(decided).position;
               return (row ? row->name : "none") + (position == reader.tail() ? " at the tail" : "");
             })
          .get();
  EXPECT_EQ(bytes_of(outcome), "Import at the tail");
}

}  // namespace
}  // namespace byline::test
