#include <gmock/gmock.h>

#include <algorithm>

#include "cli.hpp"
#include "events/id.hpp"
#include "support/temp_directory.hpp"

namespace byline::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

TEST(Init, PrintsWhoWasFoundedAsJson) {
  TempDirectory directory;
  auto done = run_byline(init_arguments(directory / "data", {"--json"}));
  ASSERT_EQ(done.status, 0) << done.errors;
  ASSERT_EQ(lines_of(done.output).size(), 1U);
  auto answer = nlohmann::json::parse(done.output);
  EXPECT_EQ(answer.size(), 3U);
  EXPECT_TRUE(parse_uuid(answer.at("organization_id").get<std::string>()));
  EXPECT_TRUE(parse_uuid(answer.at("admin_id").get<std::string>()));
  EXPECT_THAT(answer.at("admin_token").get<std::string>(), StartsWith("bya_"));
}

TEST(Init, PrintsTheSameForPeople) {
  TempDirectory directory;
  auto done = run_byline(init_arguments(directory / "data"));
  ASSERT_EQ(done.status, 0) << done.errors;
  EXPECT_THAT(done.output, AllOf(HasSubstr("Organization "), HasSubstr("Administrator "),
                                 HasSubstr("shown only here: bya_")));
}

TEST(Init, TellsEverythingThatIsWrongAtOnce) {
  TempDirectory directory;
  auto done = run_byline({"init", "--data", directory / "data", "--organization", " ", "--admin-name",
                          "Ada\nMoreno", "--admin-email", "ada at example.org", "--plan", "gold"});
  EXPECT_NE(done.status, 0);
  EXPECT_THAT(done.output, IsEmpty());
  ASSERT_EQ(lines_of(done.errors).size(), 4U) << done.errors;
  for (const char* option : {"--organization: ", "--admin-name: ", "--admin-email: ", "--plan: "}) {
    EXPECT_THAT(lines_of(done.errors), ::testing::Contains(StartsWith(option)));
  }
}

TEST(Init, WhatWasRefusedCanBeDoneRightAfterwards) {
  TempDirectory directory;
  EXPECT_NE(run_byline(init_arguments(directory / "data", {"--plan", "gold"})).status, 0);
  auto done = run_byline(init_arguments(directory / "data"));
  EXPECT_EQ(done.status, 0) << done.errors;
}

TEST(Init, NeedsItsOptions) {
  TempDirectory directory;
  for (const char* missing : {"--organization", "--admin-name", "--admin-email"}) {
    auto arguments = init_arguments(directory / "data");
    auto at = std::ranges::find(arguments, missing);
    arguments.erase(at, at + 2);
    auto done = run_byline(arguments);
    EXPECT_NE(done.status, 0);
    EXPECT_THAT(done.errors, HasSubstr(missing));
    EXPECT_FALSE(std::filesystem::exists(directory / "data"));
  }
}

TEST(Init, FoundsASecondOrganizationOnlyWhenAsked) {
  TempDirectory directory;
  ASSERT_EQ(run_byline(init_arguments(directory / "data")).status, 0);
  auto second = run_byline(init_arguments(directory / "data"));
  EXPECT_NE(second.status, 0);
  EXPECT_THAT(second.errors, HasSubstr("--additional"));
  auto same_address = run_byline(init_arguments(directory / "data", {"--additional"}));
  EXPECT_NE(same_address.status, 0);
  EXPECT_THAT(same_address.errors, AllOf(StartsWith("--admin-email: "), Not(HasSubstr("Harbor"))));
  auto additional = run_byline({"init", "--data", directory / "data", "--organization", "Hill County",
                                "--admin-name", "Bo", "--admin-email", "bo@example.org", "--additional"});
  EXPECT_EQ(additional.status, 0) << additional.errors;
}

}  // namespace
}  // namespace byline::test
