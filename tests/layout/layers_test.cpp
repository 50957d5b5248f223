// Who may include whom: the folders of the product lie over one another, and no include points upwards.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>

namespace byline {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = BYLINE_SOURCE_DIR;

/// A folder, as includes name it, and the folders whose headers its files may include beside its own.
const std::map<std::string, std::set<std::string>> kMayInclude = {
    {"events", {}},
    {"files", {}},
    {"domain", {"events"}},
    {"projections", {"events"}},
    {"log", {"events"}},
    {"history", {"events", "domain", "projections", "engine"}},
    {"telemetry", {"events"}},
    {"engine", {"events", "files", "domain", "projections", "log", "security", "telemetry"}},
    {"security", {"events", "files"}},
    {"transparency", {"events", "files", "projections", "log", "engine", "security"}},
    {"http/server", {}},
    {"http", {"events", "domain", "engine", "security", "telemetry", "transparency", "http/server"}},
    {"http/oauth", {"events", "domain", "engine", "security", "http/server", "http"}},
    {"http/sign_in", {"events", "domain", "engine", "security", "http/server", "http"}},
    {"http/resources",
     {"byline", "events", "domain", "projections", "log", "history", "engine", "security", "telemetry",
      "transparency", "http", "http/oauth", "http/sign_in"}},
    {"byline", {}},
    {"service",
     {"byline", "events", "files", "domain", "projections", "log", "engine", "security", "telemetry",
      "transparency", "http/server", "http", "http/resources"}},
    {"cli", {"byline", "events", "files", "history", "engine", "security", "service", "telemetry"}},
};

/// `src/http/server/server.cpp` → `http/server`, `include/byline/service.hpp` → `byline`.
std::string folder_of(const fs::path& file) {
  auto folder = fs::relative(file.parent_path(), kRoot).generic_string();
  for (std::string above : {"src/", "include/"}) {
    if (folder.starts_with(above)) return folder.substr(above.size());
  }
  return folder;
}

std::vector<fs::path> sources() {
  std::vector<fs::path> files;
  for (const char* folder : {"events", "projections", "src", "include"}) {
    for (const auto& file : fs::recursive_directory_iterator(kRoot / folder)) {
      auto extension = file.path().extension();
      if (extension == ".hpp" || extension == ".cpp") files.push_back(file.path());
    }
  }
  return files;
}

std::vector<std::string> lines_of(const fs::path& file) {
  std::ifstream in(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

TEST(Layers, NoIncludePointsUpwards) {
  const std::regex include("#include \"(.+)/[^/]+\"");
  for (const auto& file : sources()) {
    auto folder = folder_of(file);
    auto allowed = kMayInclude.find(folder);
    ASSERT_NE(allowed, kMayInclude.end()) << folder << " has no place among the layers";
    for (const auto& line : lines_of(file)) {
      std::smatch found;
      if (!std::regex_match(line, found, include) || found[1] == folder) continue;
      EXPECT_TRUE(allowed->second.contains(found[1])) << file << " must not have " << line;
    }
  }
}

TEST(Layers, AreOneDirection) {
  // A folder that includes another is not included by it, over any number of steps.
  for (const auto& [folder, below] : kMayInclude) {
    std::set<std::string> reached = below;
    for (auto size = reached.size() + 1; size != reached.size();) {
      size = reached.size();
      for (const auto& step : std::set(reached))
        reached.insert(kMayInclude.at(step).begin(), kMayInclude.at(step).end());
    }
    EXPECT_FALSE(reached.contains(folder)) << folder;
  }
}

TEST(Coroutines, HaveNeitherLambdaNorAggregateInsideACoAwait) {
  // g++ 12 destroys the captures of a lambda within a co_await expression twice: it is named first.
  const std::regex lambda(R"(co_await[^;]*\[[^\]]*\]\s*(\([^)]*\))?\s*(mutable\s*)?\{)");
  // And so it does with the members of an aggregate that is made there.
  const std::regex aggregate(R"(co_await[^;]*\w\{[^}])");
  for (const auto& file : sources()) {
    for (const auto& line : lines_of(file))
      EXPECT_FALSE(std::regex_search(line, lambda) || std::regex_search(line, aggregate))
          << file << ": " << line;
  }
}

}  // namespace
}  // namespace byline
