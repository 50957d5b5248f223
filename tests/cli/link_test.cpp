#include <gmock/gmock.h>

#include "cli.hpp"
#include "support/temp_directory.hpp"

namespace byline::test {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

TEST(Link, IsForAUserThatIsThere) {
  TempDirectory directory;
  ASSERT_EQ(run_byline(init_arguments(directory / "data")).status, 0);
  auto done = run_byline({"link", "--data", directory / "data", "--email", "ADA@example.org", "--base-url",
                          "https://byline.example.org"});
  EXPECT_EQ(done.status, 0) << done.errors;
  EXPECT_THAT(done.output, MatchesRegex("https://byline.example.org/sign-in/link#byk_[0-9A-Za-z]{49}\n"));
  auto nobody = run_byline({"link", "--data", directory / "data", "--email", "nobody@example.org"});
  EXPECT_EQ(nobody.status, 1);
  EXPECT_THAT(nobody.errors, HasSubstr("There is no user with the e-mail address nobody@example.org."));
  EXPECT_EQ(run_byline({"link", "--data", directory / "none", "--email", "ada@example.org"}).status, 1);
}

}  // namespace
}  // namespace byline::test
