#include <gmock/gmock.h>

#include "cli.hpp"
#include "support/service.hpp"
#include "support/service_suite.hpp"

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

/// One of each: an application by the administrator, a record by the application, and so on.
class Asked : public ::testing::Test {
 protected:
  Asked() {
    auto admin = service_.admin();
    auto registered =
        register_application(*admin, "Nightly, \"import\"", "import@example.org", {"intake_worker"});
    application_ = registered.id;
    auto client = service_.client(token_of(*admin, registered));
    record_ = must(client->post("/intake/reports", document("reports", {{"narrative", "=1+1"}})),
                   201)["data"]["id"];
    must(admin->patch("/admin/applications/" + application_,
                      document("applications", {{"name", "Renamed"}}, application_)),
         200);
  }
  /// The types of the events that are found, in order.
  std::string types(std::vector<std::string> options) {
    options.emplace_back("--json");
    std::string found;
    for (const auto& line : replay(service_.data(), options))
      found += (found.empty() ? "" : " ") + nlohmann::json::parse(line).at("type").get<std::string>();
    return found;
  }

  Service service_;
  std::string application_, record_;
};

TEST_F(Asked, ByWhatItHappenedTo) {
  EXPECT_EQ(types({"--application", application_, "--kind", "application"}),
            "ApplicationRegistered ApplicationRenamed");
  EXPECT_THAT(types({"--application", application_}), HasSubstr("ClientSecretIssued"))
      << "its credentials too";
  EXPECT_EQ(types({"--record", record_}), "RecordCreated");
  EXPECT_EQ(types({"--subject", record_, "--subject", application_, "--kind", "record"}), "RecordCreated");
  EXPECT_EQ(types({"--role", record_}), "RecordCreated") << "an id is whatever it is";
}

TEST_F(Asked, ByWhoDidItAndHow) {
  EXPECT_EQ(types({"--actor", application_}), "RecordCreated");
  auto entry = nlohmann::json::parse(replay(service_.data(), {"--record", record_, "--json"}).front());
  EXPECT_THAT(types({"--credential", entry.at("credential")}),
              AllOf(HasSubstr("ClientSecretIssued"), HasSubstr("RecordCreated")));
  EXPECT_EQ(types({"--command", entry.at("command")}), "RecordCreated");
  EXPECT_EQ(types({"--correlation", std::string(32, '0')}), "");
}

TEST_F(Asked, ByTypeAndMoment) {
  EXPECT_EQ(types({"--type", "RecordCreated", "--type", "ApplicationRenamed"}),
            "RecordCreated ApplicationRenamed");
  EXPECT_EQ(types({"--type", "RecordCreated", "--until", "2020-01-01"}), "");
  EXPECT_EQ(types({"--type", "RecordCreated", "--since", "2020-01-01", "--until", "2999-12-31T23:59Z"}),
            "RecordCreated");
  EXPECT_EQ(types({"--type", "RecordCreated", "--since", "2999-12-31"}), "");
}

TEST_F(Asked, WhatCannotBeMeantIsRefused) {
  for (const auto& [options, sentence] : std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{"--actor", "Ada"}, "--actor takes an id, and \"Ada\" is none.\n"},
           {{"--since", "yesterday"},
            "\"yesterday\" is no moment: write 2026-11-25, 2026-11-25T09:30Z or 2026-11-25T09:30:00.5Z.\n"},
           {{"--kind", "table"}, "There is no kind of subject \"table\": see docs/log-format.md.\n"}}) {
    std::vector<std::string> arguments = {"replay", "--data", service_.data()};
    arguments.insert(arguments.end(), options.begin(), options.end());
    auto done = run_byline(arguments);
    EXPECT_EQ(done.status, 1);
    EXPECT_EQ(done.errors, sentence);
  }
}

TEST_F(Asked, AsCsv) {
  auto done = run_byline({"replay", "--data", service_.data(), "--form", "csv", "--type", "RecordCreated"});
  auto lines = lines_of(done.output);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_THAT(lines[0], ::testing::StartsWith("position,at,type,actor,actor_name,"));
  EXPECT_THAT(
      lines[1],
      AllOf(HasSubstr(",RecordCreated," + application_ + ",\"Nightly, \"\"import\"\"\",record," + record_),
            HasSubstr(R"("{""collection"":""intake/reports"",""attributes"":{""narrative"":""=1+1""}}")")));
}

TEST_F(Asked, AsOcsf) {
  auto lines = replay(service_.data(),
                      {"--form", "ocsf", "--type", "RecordCreated", "--type", "ApplicationRegistered"});
  ASSERT_EQ(lines.size(), 2U);
  auto registered = nlohmann::json::parse(lines[0]), created = nlohmann::json::parse(lines[1]);
  EXPECT_EQ(registered["class_uid"], 3001);
  EXPECT_EQ(registered["type_uid"], 300101);
  EXPECT_EQ(registered["user"]["uid"], application_);
  EXPECT_EQ(registered["user"]["name"], "Nightly, \"import\"");
  EXPECT_EQ(registered["actor"]["user"]["name"], "Ada Moreno");
  EXPECT_EQ(created["class_uid"], 3004);
  EXPECT_EQ(created["activity_id"], 1);
  EXPECT_EQ(created["entity"]["uid"], record_);
  EXPECT_EQ(created["metadata"]["version"], "1.3.0");
  EXPECT_GT(created["time"], 1'700'000'000'000);
}

TEST_F(Asked, InPlainWords) {
  auto lines =
      replay(service_.data(), {"--form", "words", "--application", application_, "--kind", "application"});
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_THAT(
      lines[0],
      HasSubstr(
          "Z  Ada Moreno registered the application “Nightly, \"import\"” with the role “Intake Worker”."));
  EXPECT_THAT(lines[1], HasSubstr("Z  Ada Moreno renamed an application to “Renamed”."));
}

TEST_F(Asked, InColorWhereItIsWanted) {
  auto plain = run_byline({"replay", "--data", service_.data()});
  EXPECT_EQ(plain.output.find('\x1B'), std::string::npos) << "not in a pipe";
  auto colored = run_byline({"replay", "--data", service_.data(), "--color", "always"});
  EXPECT_NE(colored.output.find("\x1B[36mRecordCreated\x1B[0m"), std::string::npos);
}

}  // namespace
}  // namespace byline::test
