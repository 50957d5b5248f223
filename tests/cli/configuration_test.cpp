// Where values come from: flags, then BYLINE_… variables, then the TOML file.

#include <gmock/gmock.h>

#include <fstream>
#include <map>

#include "cli.hpp"
#include "support/temp_directory.hpp"

namespace byline::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class Configuration : public ::testing::Test {
 protected:
  std::string toml(const std::string& text) {
    auto file = directory_ / "byline.toml";
    std::ofstream(file) << text;
    return file;
  }
  std::string data(const std::string& name) { return directory_ / name; }
  bool was_made(const std::string& name) { return std::filesystem::exists(directory_ / name / "db"); }
  static std::vector<std::string> init(std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"init",       "--organization", "Harbor County",  "--admin-name",
                                          "Ada Moreno", "--admin-email",  "ada@example.org"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }

  TempDirectory directory_;
};

TEST_F(Configuration, AFlagWinsOverTheEnvironmentAndThatOverTheFile) {
  auto file = toml("data = \"" + data("file") + "\"\n");
  auto done =
      run_byline(init({"--config", file, "--data", data("flag")}), {{"BYLINE_DATA", data("environment")}});
  EXPECT_EQ(done.status, 0) << done.errors;
  EXPECT_TRUE(was_made("flag"));
  EXPECT_FALSE(was_made("environment") || was_made("file"));

  done = run_byline(init({"--config", file}), {{"BYLINE_DATA", data("environment")}});
  EXPECT_EQ(done.status, 0) << done.errors;
  EXPECT_TRUE(was_made("environment"));
  EXPECT_FALSE(was_made("file"));

  done = run_byline(init({"--config", file}));
  EXPECT_EQ(done.status, 0) << done.errors;
  EXPECT_TRUE(was_made("file"));
}

TEST_F(Configuration, TheFileIsNamedByFlagOrVariable) {
  auto file = toml("data = \"" + data("file") + "\"\n");
  auto before = std::vector<std::string>{"--config=" + file};
  for (const auto& word : init()) before.push_back(word);
  EXPECT_EQ(run_byline(before).status, 0) << "before the subcommand, too";
  EXPECT_TRUE(was_made("file"));
  auto again = run_byline(init(), {{"BYLINE_CONFIG", file}});
  EXPECT_THAT(again.errors, HasSubstr("holds an organization already"));
}

TEST_F(Configuration, ATableSpeaksToItsSubcommandAlone) {
  auto file = toml("[serve]\ndata = \"" + data("serve") + "\"\n[init]\ndata = \"" + data("init") + "\"\n");
  EXPECT_EQ(run_byline(init({"--config", file})).status, 0);
  EXPECT_TRUE(was_made("init"));
  EXPECT_FALSE(was_made("serve"));
}

TEST_F(Configuration, EveryOptionOfInitMayStandInTheFile) {
  auto file = toml("[init]\ndata = \"" + data("file") +
                   "\"\norganization = \"Harbor County\"\nadmin_name = \"Ada Moreno\"\n"
                   "admin-email = \"ada@example.org\"\nplan = \"standard\"\njson = true\n");
  auto done = run_byline({"init", "--config", file});
  ASSERT_EQ(done.status, 0) << done.errors;
  EXPECT_TRUE(nlohmann::json::parse(done.output).contains("admin_token"));
}

TEST_F(Configuration, EveryOptionOfInitMayStandInTheEnvironment) {
  auto done = run_byline({"init"}, {{"BYLINE_DATA", data("environment")},
                                    {"BYLINE_ORGANIZATION", "Harbor County"},
                                    {"BYLINE_ADMIN_NAME", "Ada Moreno"},
                                    {"BYLINE_ADMIN_EMAIL", "ada@example.org"}});
  EXPECT_EQ(done.status, 0) << done.errors;
  EXPECT_TRUE(was_made("environment"));
}

TEST_F(Configuration, AnUnknownKeyIsRefused) {
  for (const char* text : {"dta = \"x\"\n", "[serve]\nlisten_on = \"x\"\n", "[frobnicate]\ndata = \"x\"\n"}) {
    auto done = run_byline(init({"--config", toml(text), "--data", data("made")}));
    EXPECT_NE(done.status, 0);
    EXPECT_THAT(done.errors, HasSubstr("unknown key")) << text;
    EXPECT_FALSE(was_made("made"));
  }
  EXPECT_THAT(run_byline(init({"--config", toml("[serve]\nlisten_on = 1\n")})).errors,
              HasSubstr("serve.listen_on"));
}

TEST_F(Configuration, AProjectionThatCannotBeUsedIsSaidBeforeAnythingIsMade) {
  const std::string begin = "[[projection]]\nname = \"mine\"\nevents = [\"ApplicationRegistered\"]\n";
  for (const auto& [text, sentence] : std::map<std::string, std::string>{
           {"key = [\"/data/name\"]\ncolumns.n.count = true\n",
            "The projection \"mine\" cannot be used: key[0] names \"/data/name\", which tells of a person in "
            "ApplicationRegistered: no projection can have it.\n"},
           {"key = [\"/actor\"]\n", "The projection \"mine\" cannot be used: columns is missing.\n"},
           {"key = [\"/actor\"]\ncolumns.n.sum = 2026-03-01\n", "columns.n.sum has \"2026-03-01\""},
           {"key = [\"/actor\"]\ncolumns.n.count = true\nfilter = [{pointer = \"/at\", equals = 1.5}]\n",
            "filter[0].equals must be a text"}}) {
    auto done =
        run_byline({"serve", "--config", toml(begin + text), "--data", data("made"), "--organization",
                    "Harbor County", "--admin-name", "Ada Moreno", "--admin-email", "ada@example.org"});
    EXPECT_EQ(done.status, 1) << text;
    EXPECT_THAT(done.errors, HasSubstr(sentence)) << text;
    EXPECT_FALSE(was_made("made")) << text;
  }
  for (const char* text : {"projection = 3\n", "[projection]\nname = \"mine\"\n"}) {
    auto done = run_byline({"serve", "--config", toml(text), "--data", data("made")});
    EXPECT_EQ(done.status, 1);
    EXPECT_THAT(done.errors, HasSubstr("projection is no list of tables: write [[projection]] above each."))
        << text;
  }
}

TEST_F(Configuration, ProjectionsAreNoMatterOfOtherCommands) {
  auto file = toml("data = \"" + data("made") + "\"\n[[projection]]\nname = \"mine\"\n");
  EXPECT_EQ(run_byline(init({"--config", file})).status, 0);
  EXPECT_TRUE(was_made("made"));
}

TEST_F(Configuration, AFileThatCannotBeReadIsRefused) {
  auto missing = run_byline(init({"--config", directory_ / "none.toml", "--data", data("made")}));
  EXPECT_NE(missing.status, 0);
  EXPECT_THAT(missing.errors, AllOf(HasSubstr("none.toml"), HasSubstr("cannot be read")));
  auto malformed = run_byline(init({"--config", toml("data = \n= 3"), "--data", data("made")}));
  EXPECT_NE(malformed.status, 0);
  EXPECT_THAT(malformed.errors, AllOf(HasSubstr("byline.toml"), HasSubstr("cannot be read")));
  EXPECT_FALSE(was_made("made"));
}

TEST_F(Configuration, AValueOfTheWrongKindIsRefused) {
  auto file = toml("[serve]\nmax_body_bytes = \"many\"\n");
  auto done = run_byline({"serve", "--config", file, "--data", data("made")});
  EXPECT_NE(done.status, 0);
  EXPECT_THAT(done.errors, HasSubstr("many"));
  EXPECT_FALSE(was_made("made"));
}

TEST_F(Configuration, BadValuesOfServeAreRefusedBeforeAnythingIsMade) {
  for (const auto& bad : std::vector<std::vector<std::string>>{{"--listen", "nowhere"},
                                                               {"--listen", "127.0.0.1:99999"},
                                                               {"--listen", "127.0.0.1:"},
                                                               {"--log-level", "loud"},
                                                               {"--log-format", "xml"}}) {
    std::vector<std::string> arguments = {"serve", "--data", data("made")};
    arguments.insert(arguments.end(), bad.begin(), bad.end());
    auto done = run_byline(arguments);
    EXPECT_NE(done.status, 0) << bad[1];
    EXPECT_FALSE(done.errors.empty()) << bad[1];
    EXPECT_FALSE(was_made("made")) << bad[1];
  }
}

}  // namespace
}  // namespace byline::test
