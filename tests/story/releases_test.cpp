// What every release wrote is opened by this one: nothing of it is missing, and nothing means something else.
// tests/releases/make made the files.

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "support/service.hpp"

namespace byline::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::HasSubstr;

const fs::path kFolder = fs::path(BYLINE_SOURCE_DIR) / "tests" / "releases";

std::vector<std::string> kept_releases() {
  std::vector<std::string> names;
  for (const auto& file : fs::directory_iterator(kFolder)) {
    auto name = file.path().filename().string();
    if (name.ends_with(".tar.gz")) names.push_back(name.substr(0, name.size() - 7));
  }
  return names;
}

class Releases : public ::testing::TestWithParam<std::string> {
 protected:
  Releases() {
    auto unpacked =
        run({"tar", "-xzf", (kFolder / (GetParam() + ".tar.gz")).string(), "-C", directory_.path()});
    EXPECT_EQ(unpacked.status, 0) << unpacked.errors;
  }
  std::string data() const { return (directory_.path() / "data").string(); }
  std::string kept(const std::string& name) const { return read_file(directory_.path() / name); }

  TempDirectory directory_;
};

TEST_P(Releases, AreOpenedAsTheyWere) {
  auto checked = run_byline({"upgrade", "--check", "--data", data()});
  ASSERT_EQ(checked.status, 0) << checked.errors;
  auto history = kept("history.jsonl");
  ASSERT_FALSE(history.empty());
  EXPECT_EQ(run_byline({"replay", "--data", data(), "--json"}).output, history) << "before it is touched";

  Service service;
  ASSERT_EQ(service.stop(), 0);
  fs::remove_all(service.data());
  fs::copy(data(), service.data(), fs::copy_options::recursive);
  service.start();
  auto token = kept("token");
  auto admin = service.client(token.substr(0, token.find('\n')));
  for (const auto& file : fs::directory_iterator(directory_.path() / "answers")) {
    auto path = file.path().stem().string();
    std::ranges::replace(path, '.', '/');
    auto reply = admin->get("/" + path);
    ASSERT_EQ(reply.status, 200) << path << ": " << reply.body;
    auto wanted = json::parse(read_file(file.path()));
    auto found = reply.json().at("data");
    ASSERT_EQ(found.size(), wanted.size()) << path;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      EXPECT_EQ(found[i].at("id"), wanted[i].at("id")) << path;
      // Later releases may say more.
      for (const auto& [name, value] : wanted[i].at("attributes").items())
        EXPECT_EQ(found[i].at("attributes").at(name), value) << path << ": " << name;
      for (const auto& [name, value] : wanted[i].at("relationships").items())
        EXPECT_EQ(found[i].at("relationships").at(name).at("data"), value) << path << ": " << name;
    }
  }
  // It goes on from there.
  register_application(*admin, "Of this release", "new@example.org", {"intake_worker"});
  ASSERT_EQ(service.stop(), 0);
  EXPECT_THAT(run_byline({"replay", "--data", service.data(), "--json"}).output, HasSubstr(history));
  auto verified = run_byline({"verify", "--data", service.data()});
  EXPECT_EQ(verified.status, 0) << verified.output << verified.errors;
  auto rebuilt = run_byline({"rebuild", "--data", service.data(), "--all"});
  EXPECT_EQ(rebuilt.status, 0) << rebuilt.output << rebuilt.errors;
}

INSTANTIATE_TEST_SUITE_P(Kept, Releases, ::testing::ValuesIn(kept_releases()), [](const auto& kept) {
  std::string name = kept.param;
  std::ranges::replace(name, '.', '_');
  return name;
});

TEST(ThisRelease, IsKeptOnceItIsOut) {
  // CHANGELOG.md has the releases; those that are out have a date.
  std::istringstream changelog(read_file(fs::path(BYLINE_SOURCE_DIR) / "CHANGELOG.md"));
  auto kept = kept_releases();
  for (std::string line; std::getline(changelog, line);) {
    if (!line.starts_with("## ") || line.find("not released yet") != std::string::npos) continue;
    auto release = line.substr(3, line.find(' ', 3) - 3);
    EXPECT_THAT(kept, ::testing::Contains(release)) << "tests/releases/make keeps it";
  }
}

}  // namespace
}  // namespace byline::test
