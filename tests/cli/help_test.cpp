#include <gmock/gmock.h>

#include "byline/version.hpp"
#include "cli.hpp"
#include "support/temp_directory.hpp"

namespace byline::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;

TEST(Help, EverySubcommandHasAnExample) {
  for (const char* name : {"init", "serve", "replay", "rebuild", "version"}) {
    auto done = run_byline({name, "--help"});
    EXPECT_EQ(done.status, 0) << name;
    EXPECT_THAT(done.output, ::testing::ContainsRegex("Examples?:\n +byline " + std::string(name))) << name;
    EXPECT_THAT(done.errors, IsEmpty()) << name;
  }
}

TEST(Help, TheProgramNamesItsSubcommandsAndHowItIsConfigured) {
  auto done = run_byline({"--help"});
  EXPECT_EQ(done.status, 0);
  for (const char* word : {"init", "serve", "replay", "rebuild", "version", "Example", "BYLINE_", "TOML"}) {
    EXPECT_THAT(done.output, HasSubstr(word));
  }
}

TEST(Help, WithoutASubcommandOrWithAnUnknownOneItFails) {
  EXPECT_EQ(run_byline({}).status, 1);
  EXPECT_EQ(run_byline({"version", "--frobnicate"}).status, 1);
  auto unknown = run_byline({"frobnicate"});
  EXPECT_EQ(unknown.status, 1);
  EXPECT_EQ(
      unknown.errors,
      "There is no command \"frobnicate\". Commands are: init, serve, replay, rebuild, verify, upgrade, "
      "backup, restore, export, import, witness, keys, link, erase, version.\n");
}

TEST(Version, IsPrintedForPeopleAndPrograms) {
  auto text = run_byline({"version"});
  EXPECT_EQ(text.status, 0);
  EXPECT_EQ(text.output, std::string("byline ") + version() + "\n");
  EXPECT_THAT(std::string(version()), MatchesRegex("[0-9]+\\.[0-9]+\\.[0-9]+"));
  EXPECT_EQ(run_byline({"--version"}).output, text.output);
  auto json = run_byline({"version", "--json"});
  EXPECT_EQ(nlohmann::json::parse(json.output), (nlohmann::json{{"version", version()}}));
}

}  // namespace
}  // namespace byline::test
