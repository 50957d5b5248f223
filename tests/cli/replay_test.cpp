#include <gmock/gmock.h>

#include "cli.hpp"
#include "support/service.hpp"

namespace byline::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> replay(const std::filesystem::path& data, std::vector<std::string> more = {}) {
  std::vector<std::string> arguments = {"replay", "--data", data};
  arguments.insert(arguments.end(), more.begin(), more.end());
  auto done = run_byline(arguments);
  EXPECT_EQ(done.status, 0) << done.errors;
  return lines_of(done.output);
}

TEST(Replay, PrintsOneReadableLineAnEvent) {
  TempDirectory directory;
  found(directory / "data");
  auto lines = replay(directory / "data");
  ASSERT_EQ(lines.size(), 18U)
      << "the organization, 14 roles, the administrator, the token and a signing key";
  EXPECT_THAT(lines.front(),
              AllOf(HasSubstr(" 1  "), HasSubstr("OrganizationCreated"), HasSubstr("Harbor County")));
  EXPECT_THAT(lines[15],
              AllOf(HasSubstr("UserCreated"), HasSubstr("name=\"Ada Moreno\""), HasSubstr("roles=[Admin, ")))
      << "names rather than ids";
}

TEST(Replay, NamesWhatWasRenamedByItsNameAtTheTime) {
  Service service;
  auto admin = service.admin();
  auto application = register_application(*admin, "Before", "import@example.org", {"intake_worker"});
  ASSERT_EQ(admin
                ->patch("/admin/applications/" + application.id,
                        document("applications", {{"name", "After"}}, application.id))
                .status,
            200);
  auto lines = replay(service.data());
  ASSERT_GE(lines.size(), 2U);
  EXPECT_THAT(lines.back(), AllOf(HasSubstr("Ada Moreno  ApplicationRenamed"), HasSubstr("(After)")));
  EXPECT_THAT(lines[lines.size() - 2], HasSubstr("account=\"Before\""));
}

TEST(Replay, PrintsTheLogsOwnJson) {
  TempDirectory directory;
  auto founder = found(directory / "data");
  auto lines = replay(directory / "data", {"--json"});
  ASSERT_EQ(lines.size(), 18U);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    auto entry = nlohmann::json::parse(lines[i]);
    EXPECT_EQ(entry.at("position"), i + 1);
    if (entry.at("type") == "SigningKeyCreated") continue;  // the deployment's
    EXPECT_EQ(entry.at("organization"), founder.organization_id);
  }
  for (const auto& line : lines) EXPECT_THAT(line, ::testing::Not(HasSubstr(founder.admin_token)));
}

TEST(Replay, PrintsTheAskedPart) {
  TempDirectory directory;
  found(directory / "data");
  auto all = replay(directory / "data");
  auto json = replay(directory / "data", {"--json"});
  auto part = [](const std::vector<std::string>& lines, std::ptrdiff_t from, std::ptrdiff_t to) {
    return std::vector(lines.begin() + from - 1, lines.begin() + to);
  };
  EXPECT_EQ(replay(directory / "data", {"--from", "16"}), part(all, 16, 18)) << "with the names from before";
  EXPECT_EQ(replay(directory / "data", {"--to", "3"}), part(all, 1, 3));
  EXPECT_EQ(replay(directory / "data", {"--from", "4", "--to", "6"}), part(all, 4, 6));
  EXPECT_EQ(replay(directory / "data", {"--from", "4", "--to", "6", "--json"}), part(json, 4, 6));
  EXPECT_EQ(replay(directory / "data", {"--from", "0", "--to", "1", "--json"}), part(json, 1, 1));
  EXPECT_THAT(replay(directory / "data", {"--from", "19"}), IsEmpty());
  EXPECT_THAT(replay(directory / "data", {"--from", "5", "--to", "4"}), IsEmpty());
}

TEST(Replay, ReadsWhileTheServiceRunsAndAfterItWasKilled) {
  Service service;
  auto admin = service.admin();
  for (int i = 0; i < 5; ++i) {
    register_application(*admin, "Import", "import+" + std::to_string(i) + "@example.org", {"intake_worker"});
    EXPECT_EQ(replay(service.data()).size(), 19U + 2U * static_cast<unsigned>(i + 1));
  }
  auto running = replay(service.data());
  service.kill();
  EXPECT_EQ(replay(service.data()), running);
  service.start();
  EXPECT_EQ(replay(service.data()), running);
}

TEST(Replay, ControlCharactersDoNotReachTheTerminal) {
  Service service;
  auto admin = service.admin();
  auto reply = admin->post("/people/people",
                           document("people", {{"note", "a\x1B[31mred\a\nline \u009B31m \u202Edrawkcab"}}));
  // The administrator has no say over people in every organization, but if it has, the note is in the log.
  ASSERT_EQ(reply.status, 201) << reply.body;
  auto done = run_byline({"replay", "--data", service.data()});
  EXPECT_EQ(done.output.find('\x1B'), std::string::npos);
  EXPECT_EQ(done.output.find('\a'), std::string::npos);
  EXPECT_EQ(done.output.find("\u009B"), std::string::npos);
  EXPECT_EQ(done.output.find("\u202E"), std::string::npos);
  EXPECT_EQ(lines_of(done.output).size(), 20U);
}

TEST(Replay, WithoutDataItFailsAndMakesNothing) {
  TempDirectory directory;
  for (const auto& data : {directory / "none", directory.path()}) {
    auto done = run_byline({"replay", "--data", data});
    EXPECT_EQ(done.status, 1);
    EXPECT_THAT(done.output, IsEmpty());
    EXPECT_THAT(done.errors, HasSubstr("There is no Byline data in"));
  }
  EXPECT_TRUE(std::filesystem::is_empty(directory.path()));
}

}  // namespace
}  // namespace byline::test
