#include <gmock/gmock.h>
#include <signal.h>

#include "cli.hpp"
#include "support/service.hpp"

namespace byline::test {
namespace {

using ::testing::HasSubstr;

TEST(Serve, WritesItsPortAndPrintsIt) {
  Service service;
  EXPECT_NE(service.port(), 0);
  EXPECT_EQ(service.client()->get("/health/live").status, 200);
  EXPECT_EQ(service.stop(), 0);
  EXPECT_THAT(service.log(), HasSubstr("port=" + std::to_string(service.port())));
}

TEST(Serve, LogsJsonWhenAsked) {
  Service service({"--log-format", "json"});
  EXPECT_EQ(service.client()->get("/health/live").status, 200);
  EXPECT_EQ(service.stop(), 0);
  auto lines = lines_of(service.log());
  EXPECT_GE(lines.size(), 3U);
  for (const auto& line : lines) EXPECT_TRUE(nlohmann::json::accept(line)) << line;
}

// At any moment since its port is known, and however often it is asked.
TEST(Serve, StopsCleanlyWhenAsked) {
  for (int signal : {SIGTERM, SIGINT}) {
    Service service;
    ::kill(service.pid(), signal);
    EXPECT_EQ(service.stop(), 0);
    EXPECT_THAT(service.log(), HasSubstr("stopped"));
  }
}

TEST(Serve, ADataDirectoryInUseIsRefusedWithASentence) {
  Service service;
  for (const auto& arguments :
       std::vector<std::vector<std::string>>{{"serve", "--data", service.data(), "--listen", "127.0.0.1:0"},
                                             init_arguments(service.data(), {"--additional"}),
                                             {"rebuild", "--data", service.data(), "--all"}}) {
    auto second = run_byline(arguments);
    EXPECT_EQ(second.status, 1) << arguments[0];
    EXPECT_THAT(second.errors, HasSubstr("is in use by another process")) << arguments[0];
  }
  EXPECT_EQ(service.client()->get("/health/ready").status, 200) << "the first one goes on";
}

TEST(Serve, APortFileThatCannotBeWrittenIsRefused) {
  TempDirectory directory;
  found(directory / "data");
  auto done = run_byline({"serve", "--data", directory / "data", "--listen", "127.0.0.1:0", "--port-file",
                          directory / "none" / "port"});
  EXPECT_EQ(done.status, 1);
  EXPECT_THAT(done.errors, HasSubstr("cannot be written"));
}

}  // namespace
}  // namespace byline::test
