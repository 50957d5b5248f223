#include <gmock/gmock.h>

#include "cli.hpp"
#include "support/service.hpp"

namespace byline::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::vector<std::string> kViews = {
    "organizations", "accounts",    "roles",   "applications", "credentials",  "records",        "access",
    "teams",         "collections", "bylines", "audit",        "signing_keys", "checkpoint_keys"};

TEST(Rebuild, EveryViewComesOutIdenticalAndIsServed) {
  Service service;
  auto admin = service.admin();
  auto application = register_application(*admin, "Import", "import@example.org", {"intake_worker"});
  auto client = service.client(token_of(*admin, application));
  ASSERT_EQ(client->post("/people/people", document("people", {{"name", "Zoë"}})).status, 201);
  auto before = admin->get("/admin/applications/" + application.id).body;
  ASSERT_EQ(service.stop(), 0);

  auto done = run_byline({"rebuild", "--data", service.data(), "--all"});
  EXPECT_EQ(done.status, 0) << done.errors;
  auto lines = lines_of(done.output);
  ASSERT_EQ(lines.size(), kViews.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    EXPECT_THAT(lines[i], AllOf(HasSubstr(kViews[i]), HasSubstr("at position "),
                                HasSubstr("identical to the rows before")));
  }
  service.start();
  EXPECT_EQ(service.admin()->get("/admin/applications/" + application.id).body, before);
}

TEST(Rebuild, PrintsOneJsonObjectAView) {
  TempDirectory directory;
  found(directory / "data");
  auto done = run_byline({"rebuild", "--data", directory / "data", "--json", "roles", "accounts"});
  EXPECT_EQ(done.status, 0) << done.errors;
  auto lines = lines_of(done.output);
  ASSERT_EQ(lines.size(), 2U);
  auto roles = nlohmann::json::parse(lines[0]);
  EXPECT_EQ(roles.at("view"), "roles");
  EXPECT_EQ(roles.at("rows"), 14);
  EXPECT_GE(roles.at("checkpoint"), 18);
  EXPECT_EQ(roles.at("identical"), true);
  EXPECT_FALSE(roles.contains("first_difference"));
  EXPECT_EQ(nlohmann::json::parse(lines[1]).at("view"), "accounts");
}

TEST(Rebuild, AnUnknownViewIsRefusedBeforeAnythingIsDone) {
  TempDirectory directory;
  found(directory / "data");
  auto done = run_byline({"rebuild", "--data", directory / "data", "roles", "frobs"});
  EXPECT_EQ(done.status, 1);
  EXPECT_THAT(done.output, IsEmpty());
  EXPECT_THAT(done.errors, HasSubstr("There is no view \"frobs\"."));
  auto twice = run_byline({"rebuild", "--data", directory / "data", "roles", "roles"});
  EXPECT_EQ(twice.status, 1);
  EXPECT_THAT(twice.errors, HasSubstr("The view \"roles\" is named twice."));
}

TEST(Rebuild, WithoutAViewItSaysWhatToSay) {
  TempDirectory directory;
  found(directory / "data");
  auto done = run_byline({"rebuild", "--data", directory / "data"});
  EXPECT_EQ(done.status, 1);
  EXPECT_THAT(done.errors, HasSubstr("--all"));
}

TEST(Rebuild, WithoutDataItFailsAndMakesNothing) {
  TempDirectory directory;
  auto done = run_byline({"rebuild", "--data", directory / "none", "--all"});
  EXPECT_EQ(done.status, 1);
  EXPECT_THAT(done.errors, HasSubstr("There is no Byline data in"));
  EXPECT_FALSE(std::filesystem::exists(directory / "none"));
}

TEST(Rebuild, VerifyingLeavesTheRows) {
  TempDirectory directory;
  found(directory / "data");
  auto done = run_byline({"rebuild", "--data", directory / "data", "--verify", "--all"});
  EXPECT_EQ(done.status, 0) << done.errors;
  auto lines = lines_of(done.output);
  ASSERT_EQ(lines.size(), kViews.size());
  for (const auto& line : lines) EXPECT_THAT(line, HasSubstr("  right"));
}

TEST(Rebuild, TheServiceDoesItWhileItRuns) {
  Service service;
  setenv("BYLINE_TOKEN", service.founder().admin_token.c_str(), 1);
  auto done = run_byline({"rebuild", "--url", service.base(), "roles", "audit"});
  EXPECT_EQ(done.status, 0) << done.errors;
  EXPECT_THAT(done.output,
              AllOf(HasSubstr("roles"), HasSubstr("audit"), HasSubstr("identical to the rows before")));
  auto verified = run_byline({"rebuild", "--url", service.base(), "--verify", "--all"});
  EXPECT_EQ(verified.status, 0) << verified.errors;
  EXPECT_EQ(lines_of(verified.output).size(), kViews.size());
  auto unknown = run_byline({"rebuild", "--url", service.base(), "frobs"});
  EXPECT_EQ(unknown.status, 1);
  setenv("BYLINE_TOKEN", "byt_wrong", 1);
  auto refused = run_byline({"rebuild", "--url", service.base(), "--all"});
  unsetenv("BYLINE_TOKEN");
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.errors, HasSubstr("token"));
}

TEST(Rebuild, IsRefusedWhileTheServiceRuns) {
  Service service;
  auto done = run_byline({"rebuild", "--data", service.data(), "--all"});
  EXPECT_EQ(done.status, 1);
  EXPECT_THAT(done.output, IsEmpty());
  EXPECT_THAT(done.errors, HasSubstr("is in use by another process"));
}

}  // namespace
}  // namespace byline::test
