// The README's walk-through, run as a reader would: its shell blocks in order, in one bash, with curl,
// against the real binary; what they print is what stands below them.

#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <fstream>
#include <regex>
#include <span>
#include <sstream>
#include <thread>

#include "support/process.hpp"
#include "support/temp_directory.hpp"

namespace byline::test {
namespace {

struct Step {
  std::string commands;
  std::string shown;  ///< what the README says they print
};

/// The `sh` blocks of the section “Walk-through”, each with the `text` block that follows it.
std::vector<Step> walk_through() {
  std::ifstream readme(std::string(BYLINE_SOURCE_DIR) + "/README.md");
  std::vector<Step> steps;
  std::string line;
  std::string* block = nullptr;
  bool inside = false;
  while (std::getline(readme, line)) {
    if (line.starts_with("## ")) inside = line == "## Walk-through";
    if (!inside) continue;
    if (line == "```sh") {
      block = &steps.emplace_back().commands;
    } else if (line == "```text") {
      block = &steps.back().shown;
    } else if (line == "```") {
      block = nullptr;
    } else if (block) {
      *block += line + "\n";
    }
  }
  return steps;
}

/// `…` stands for anything within a line.
std::regex pattern_of(const std::string& shown) {
  auto escaped = std::regex_replace(shown, std::regex(R"([.^$|()\[\]{}*+?\\])"), R"(\$&)");
  return std::regex(std::regex_replace(escaped, std::regex("…"), "[^\\n]*"));
}

constexpr const char* kMark = "==== end of step ====";

/// What each step printed.
std::vector<std::string> perform(std::span<const Step> steps, const std::filesystem::path& folder,
                                 const Environment& environment) {
  auto script = folder / "steps.sh";
  std::ofstream out(script);
  out << "set -euo pipefail\ncd " << folder << "\n";
  for (const auto& step : steps) out << step.commands << "echo '" << kMark << "'\n";
  out.close();
  auto done = run({"bash", script.string()}, environment);
  EXPECT_EQ(done.status, 0) << done.errors << done.output;
  EXPECT_EQ(done.errors, "");
  std::vector<std::string> printed;
  std::istringstream lines(done.output);
  std::string line, text;
  while (std::getline(lines, line)) {
    if (line == kMark) {
      printed.push_back(std::exchange(text, {}));
    } else {
      text += line + "\n";
    }
  }
  return printed;
}

void expect_as_shown(std::span<const Step> steps, const std::vector<std::string>& printed) {
  ASSERT_EQ(printed.size(), steps.size());
  for (std::size_t i = 0; i < steps.size(); ++i) {
    EXPECT_TRUE(std::regex_match(printed[i], pattern_of(steps[i].shown)))
        << steps[i].commands << "\nprinted\n"
        << printed[i] << "\nwhere the README shows\n"
        << steps[i].shown;
  }
}

/// The service as scripts/run starts it for the first time.
class FirstStart {
 public:
  explicit FirstStart(const std::filesystem::path& folder)
      : output_(folder / "out"),
        process_({byline_binary(), "serve", "--data", (folder / "data").string(), "--listen", "127.0.0.1:0",
                  "--organization", "My organization", "--admin-name", "Administrator", "--admin-email",
                  "admin@example.org"},
                 output_, folder / "log") {
    for (int i = 0; i < 60'000 && base().empty() && !process_.ended(); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  std::string base() const { return said(std::regex("listens on (http://\\S+)")); }
  std::string token() const { return said(std::regex("(bya_\\S+)")); }
  int stop() {
    process_.signal(SIGTERM);
    return process_.wait();
  }

 private:
  std::string said(const std::regex& what) const {
    auto text = read_file(output_);
    std::smatch found;
    return std::regex_search(text, found, what) ? found[1].str() : std::string();
  }
  std::filesystem::path output_;
  Process process_;
};

TEST(Readme, ItsWalkThroughCanBePasted) {
  TempDirectory folder;
  std::filesystem::create_directories(folder / "build/release");
  std::filesystem::create_symlink(byline_binary(), folder / "build/release/byline");
  FirstStart service(folder.path());
  ASSERT_NE(service.base(), "") << read_file(folder / "log");
  ASSERT_NE(service.token(), "");

  auto steps = walk_through();
  ASSERT_GT(steps.size(), 7U);
  ASSERT_NE(steps.front().commands.find("export ADMIN_TOKEN="), std::string::npos);
  ASSERT_NE(steps.back().commands.find("byline rebuild"), std::string::npos);
  std::span all(steps);
  auto online = all.subspan(1, all.size() - 2);
  Environment environment = {{"BYLINE", service.base()}, {"ADMIN_TOKEN", service.token()}};
  expect_as_shown(online, perform(online, folder.path(), environment));

  auto running = run_byline({"replay", "--data", (folder / "data").string()});
  EXPECT_EQ(service.stop(), 0);
  auto stopped = run_byline({"replay", "--data", (folder / "data").string()});
  EXPECT_EQ(running.status, 0) << running.errors;
  EXPECT_TRUE(stopped.output.starts_with(running.output)) << "what was seen is summed up at the end";

  auto offline = all.last(1);
  expect_as_shown(offline, perform(offline, folder.path(), environment));
}

TEST(Readme, ASecondStartKeepsTheDataAndPrintsNoToken) {
  TempDirectory folder;
  FirstStart first(folder.path());
  ASSERT_NE(first.token(), "");
  EXPECT_EQ(first.stop(), 0);
  auto history = run_byline({"replay", "--data", (folder / "data").string()}).output;
  std::filesystem::remove(folder / "out");

  FirstStart second(folder.path());
  ASSERT_NE(second.base(), "");
  EXPECT_EQ(second.token(), "");
  EXPECT_EQ(second.stop(), 0);
  EXPECT_EQ(run_byline({"replay", "--data", (folder / "data").string()}).output, history);
}

}  // namespace
}  // namespace byline::test
