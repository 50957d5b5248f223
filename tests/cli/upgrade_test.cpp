#include <gmock/gmock.h>

#include "cli.hpp"
#include "engine/raw_database.hpp"
#include "support/service.hpp"

namespace byline::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class Upgrade : public ::testing::Test {
 protected:
  Upgrade() { found(data_); }
  void change_meta(const std::string& key, const std::function<std::string(const std::string&)>& change) {
    with_family(data_, "default", [&](rocksdb::DB& rocks, rocksdb::ColumnFamilyHandle* meta) {
      std::string text;
      ASSERT_TRUE(rocks.Get({}, meta, key, &text).ok());
      ASSERT_TRUE(rocks.Put({}, meta, key, change(text)).ok());
    });
  }
  /// As if rows of this view had been made by another release.
  void age(const std::string& view) {
    change_meta("views", [&](const std::string& text) {
      auto states = nlohmann::json::parse(text);
      states.at(view).at("version") = 99;
      return states.dump();
    });
  }

  TempDirectory directory_;
  std::string data_ = directory_ / "data";
};

TEST_F(Upgrade, OfDataOfThisReleaseIsNothing) {
  auto checked = run_byline({"upgrade", "--check", "--data", data_});
  EXPECT_EQ(checked.status, 0) << checked.errors;
  EXPECT_THAT(checked.output,
              AllOf(HasSubstr("all of which it knows"), HasSubstr("Nothing in it has to change.")));
}

TEST_F(Upgrade, SaysWhatWouldHappenAndThenDoesIt) {
  change_meta("release", [](const std::string&) { return "0.0.9"; });
  age("roles");
  auto checked = run_byline({"upgrade", "--check", "--data", data_, "--json"});
  EXPECT_EQ(checked.status, 0) << checked.errors;
  auto plan = nlohmann::json::parse(checked.output);
  EXPECT_EQ(plan.at("written_by"), "0.0.9");
  ASSERT_EQ(plan.at("steps").size(), 2U) << plan;
  EXPECT_THAT(plan.at("steps")[1].get<std::string>(),
              HasSubstr("The view roles is built anew: its rows have form 99"));
  EXPECT_EQ(run_byline({"upgrade", "--check", "--data", data_, "--json"}).output, checked.output)
      << "looking changes nothing";

  auto done = run_byline({"upgrade", "--data", data_});
  EXPECT_EQ(done.status, 0) << done.errors;
  EXPECT_THAT(done.output, HasSubstr("Done."));
  EXPECT_THAT(run_byline({"upgrade", "--check", "--data", data_}).output,
              HasSubstr("Nothing in it has to change."));
  EXPECT_EQ(run_byline({"verify", "--data", data_}).status, 0);
}

TEST_F(Upgrade, DataOfANewerReleaseIsRefusedWithTheReleaseThatIsNeeded) {
  change_meta("release", [](const std::string&) { return "7.3.1"; });
  for (std::vector<std::string> command :
       {std::vector<std::string>{"upgrade", "--check"}, {"serve", "--listen", "127.0.0.1:0"}, {"verify"}}) {
    command.insert(command.end(), {"--data", data_});
    auto refused = run_byline(command);
    EXPECT_EQ(refused.status, 1);
    EXPECT_THAT(refused.errors, HasSubstr("use Byline 7.3 or newer"));
  }
}

TEST_F(Upgrade, AnEventThatThisReleaseDoesNotKnowIsNamedByItsPosition) {
  with_family(data_, "log", [](rocksdb::DB& rocks, rocksdb::ColumnFamilyHandle* log) {
    std::string bytes;
    ASSERT_TRUE(rocks.Get({}, log, log_key(3), &bytes).ok());
    auto at = bytes.find("RoleCreated");
    ASSERT_NE(at, std::string::npos) << bytes;
    ASSERT_TRUE(rocks.Put({}, log, log_key(3), bytes.replace(at, 4, "Rule")).ok());
  });
  auto refused = run_byline({"upgrade", "--check", "--data", data_});
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.errors, AllOf(HasSubstr("position 3"), HasSubstr("RuleCreated")));
}

TEST_F(Upgrade, OfWhatIsNotThereIsRefused) {
  auto refused = run_byline({"upgrade", "--check", "--data", directory_ / "nothing"});
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.errors, HasSubstr("There is no Byline data"));
  EXPECT_FALSE(std::filesystem::exists(directory_ / "nothing"));
}

}  // namespace
}  // namespace byline::test
