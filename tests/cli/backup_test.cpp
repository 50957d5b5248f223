#include <gmock/gmock.h>

#include <atomic>
#include <csignal>
#include <fstream>
#include <thread>

#include "cli.hpp"
#include "engine/raw_database.hpp"
#include "support/replaced.hpp"
#include "support/service.hpp"

namespace byline::test {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;

std::string address(int writer, int number) {
  return "w" + std::to_string(writer) + "n" + std::to_string(number) + "@example.org";
}

class Backup : public ::testing::Test {
 protected:
  Finished back_up(std::vector<std::string> more = {}) {
    std::vector<std::string> command = {"backup", "--data", service_.data(), "--to", folder_, "--json"};
    command.insert(command.end(), more.begin(), more.end());
    return run_byline(command);
  }
  Finished restore(const std::string& to, std::vector<std::string> more = {}) {
    std::vector<std::string> command = {"restore", "--from", folder_, "--data", to};
    command.insert(command.end(), more.begin(), more.end());
    return run_byline(command);
  }
  void take_key_to(const std::string& data) const {
    fs::copy_file(fs::path(service_.data()) / "keys.json", fs::path(data) / "keys.json");
  }
  std::vector<fs::path> files_of_backups() const {
    std::vector<fs::path> files;
    for (const auto& file : fs::recursive_directory_iterator(folder_)) {
      if (file.path().extension() == ".sst") files.push_back(file.path());
    }
    return files;
  }
  /// That no half-made directory lies about.
  void expect_nothing_but(std::set<std::string> names) const {
    std::set<std::string> found;
    for (const auto& each : fs::directory_iterator(directory_.path())) found.insert(each.path().filename());
    EXPECT_EQ(found, names);
  }

  Service service_;
  TempDirectory directory_;
  std::string folder_ = directory_ / "backups";
  std::string copy_ = directory_ / "copy";
};

TEST_F(Backup, HasEverythingThatWasAcknowledgedBeforeWhileOthersGoOnWriting) {
  constexpr int kWriters = 4;
  std::array<std::atomic<int>, kWriters> acknowledged{};
  std::atomic<bool> enough = false;
  std::vector<std::thread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&, writer] {
      auto admin = service_.admin();
      for (int number = 0; !enough.load(); ++number) {
        register_application(*admin, "Program", address(writer, number), {"intake_worker"});
        acknowledged[static_cast<std::size_t>(writer)].store(number + 1);
      }
    });
  }
  for (int round = 0; round < 3; ++round) {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    std::array<int, kWriters> before{};
    for (std::size_t i = 0; i < kWriters; ++i) before[i] = acknowledged[i].load();
    auto made = back_up();
    ASSERT_EQ(made.status, 0) << made.errors;
    auto data = directory_ / ("copy" + std::to_string(round));
    auto restored = restore(data);
    ASSERT_EQ(restored.status, 0) << restored.errors;
    take_key_to(data);
    auto verified = run_byline({"verify", "--data", data});
    EXPECT_EQ(verified.status, 0) << verified.output << verified.errors;
    auto found = run_byline({"replay", "--data", data, "--json"}).output;
    for (int i = 0; i < kWriters; ++i) {
      auto last = before[static_cast<std::size_t>(i)] - 1;
      EXPECT_THAT(found, HasSubstr(address(i, last))) << "writer " << i;
    }
  }
  enough.store(true);
  for (auto& writer : writers) writer.join();
  EXPECT_EQ(lines_of(run_byline({"backup", "--to", folder_, "--list"}).output).size(), 3U);
}

TEST_F(Backup, CopiesOnlyWhatIsNew) {
  auto admin = service_.admin();
  for (int i = 0; i < 300; ++i) register_application(*admin, "Program", address(0, i), {"intake_worker"});
  ASSERT_EQ(service_.stop(), 0);
  ASSERT_EQ(back_up().status, 0);
  auto first = files_of_backups().size();
  auto second = back_up();
  ASSERT_EQ(second.status, 0) << second.errors;
  EXPECT_EQ(nlohmann::json::parse(second.output).at("backup"), 2);
  // The copy that a backup is made of writes its write-ahead log out anew each time; all else is there.
  EXPECT_LE(files_of_backups().size(), 2 * first);
  ASSERT_EQ(back_up({"--keep", "1"}).status, 0);
  auto listed = lines_of(run_byline({"backup", "--to", folder_, "--list", "--json"}).output);
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(nlohmann::json::parse(listed[0]).at("backup"), 3);
  EXPECT_EQ(restore(copy_).status, 0);
}

TEST_F(Backup, ARestoredServiceServesWhatWasThere) {
  auto admin = service_.admin();
  auto application = register_application(*admin, "Zoë’s import", "zoe@example.org", {"intake_worker"});
  ASSERT_EQ(back_up().status, 0);
  auto before = admin->get("/admin/applications/" + application.id).body;
  ASSERT_EQ(service_.stop(), 0);
  ASSERT_EQ(restore(copy_).status, 0);
  take_key_to(copy_);
  fs::remove_all(service_.data());
  fs::rename(copy_, service_.data());
  service_.start();
  EXPECT_EQ(service_.admin()->get("/admin/applications/" + application.id).body, before);
}

TEST_F(Backup, ItsHistoryIsReadAsItIs) {
  register_application(*service_.admin(), "First", "first@example.org", {"intake_worker"});
  ASSERT_EQ(back_up().status, 0);
  register_application(*service_.admin(), "Second", "second@example.org", {"intake_worker"});
  auto key = (fs::path(service_.data()) / "keys.json").string();
  auto replayed = run_byline({"replay", "--backups", folder_, "--key-file", key, "--json"});
  EXPECT_EQ(replayed.status, 0) << replayed.errors;
  EXPECT_THAT(replayed.output, HasSubstr("first@example.org"));
  EXPECT_THAT(replayed.output, ::testing::Not(HasSubstr("second@example.org")));
  EXPECT_THAT(run_byline({"replay", "--backups", folder_, "--backup", "9"}).errors, HasSubstr("no backup 9"));
}

TEST_F(Backup, AChangedFileIsRefusedAndNothingIsLeftOfTheRestore) {
  ASSERT_EQ(back_up().status, 0);
  for (const auto& file : files_of_backups()) {
    std::fstream out(file, std::ios::in | std::ios::out | std::ios::binary);
    out.seekp(100);
    out << "????";
  }
  auto refused = restore(copy_);
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.errors, HasSubstr("damaged"));
  expect_nothing_but({"backups"});
}

TEST_F(Backup, AMissingFileIsRefused) {
  ASSERT_EQ(back_up().status, 0);
  fs::remove(files_of_backups().front());
  EXPECT_EQ(restore(copy_).status, 1);
  expect_nothing_but({"backups"});
}

TEST_F(Backup, WhereSomethingIsAlreadyItIsLeftAsItIs) {
  ASSERT_EQ(back_up().status, 0);
  fs::create_directories(copy_);
  std::ofstream(fs::path(copy_) / "mine") << "mine";
  auto refused = restore(copy_);
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.errors, HasSubstr("is there already"));
  EXPECT_EQ(read_file(fs::path(copy_) / "mine"), "mine");
  fs::remove(fs::path(copy_) / "mine");
  EXPECT_EQ(restore(copy_ + "/").status, 0) << "an empty one does";
}

TEST_F(Backup, OfNothingOrToAnotherDataDirectoryIsRefused) {
  auto nothing = run_byline({"backup", "--data", directory_ / "nothing", "--to", folder_});
  EXPECT_EQ(nothing.status, 1);
  EXPECT_THAT(nothing.errors, HasSubstr("There is no Byline data"));
  auto onto = run_byline({"backup", "--data", service_.data(), "--to", service_.data()});
  EXPECT_EQ(onto.status, 1);
  EXPECT_THAT(onto.errors, HasSubstr("no folder of backups"));
  EXPECT_THAT(run_byline({"restore", "--from", directory_ / "nothing", "--data", copy_}).errors,
              HasSubstr("There are no backups"));
  ASSERT_EQ(back_up().status, 0);
  EXPECT_THAT(restore(copy_, {"--backup", "7"}).errors, HasSubstr("There is no backup 7"));
  expect_nothing_but({"backups"});
}

TEST_F(Backup, OfADamagedLogIsNotMade) {
  ASSERT_EQ(service_.stop(), 0);
  with_family(service_.data(), "log", [](rocksdb::DB& rocks, rocksdb::ColumnFamilyHandle* log) {
    std::string bytes;
    ASSERT_TRUE(rocks.Get({}, log, log_key(3), &bytes).ok());
    ASSERT_TRUE(rocks.Put({}, log, log_key(3), replaced(bytes, "Role", "role")).ok());
  });
  auto refused = back_up();
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.errors, HasSubstr("At position 3"));
}

TEST_F(Backup, WhatLiesBesideIsNeverTouched) {
  ASSERT_EQ(back_up().status, 0);
  // Names like those of our own temporary directories, of no process that runs.
  std::set<std::string> others = {"byline-2024-12-31", "byline-999999-abcdef", ".byline-temporary-abcdef",
                                  ".byline-temporary-abcdef.old"};
  for (const auto& name : others) {
    fs::create_directories(directory_.path() / name / "db");
    std::ofstream(directory_.path() / name / "db" / "mine") << "mine";
  }
  ASSERT_EQ(restore(copy_).status, 0);
  others.insert({"backups", "copy"});
  expect_nothing_but(others);
}

TEST_F(Backup, IsRestoredIntoAnEmptyDirectoryInItsPlace) {
  ASSERT_EQ(back_up().status, 0);
  fs::create_directories(fs::path(copy_) / "lost+found");  // as where a file system was just made
  auto before = fs::status(copy_);
  fs::create_directory_symlink(copy_, directory_.path() / "link");
  auto done = restore(directory_ / "link");
  EXPECT_EQ(done.status, 0) << done.errors;
  EXPECT_EQ(fs::status(copy_).permissions(), before.permissions()) << "it is the same directory";
  std::set<std::string> found;
  for (const auto& each : fs::directory_iterator(copy_)) found.insert(each.path().filename());
  EXPECT_EQ(found, (std::set<std::string>{"db", "lost+found"}));
  expect_nothing_but({"backups", "copy", "link"});
  EXPECT_EQ(run_byline({"verify", "--data", copy_, "--no-views"}).status, 0);
}

TEST_F(Backup, OfAnotherLogIsNotMadeInTheSameFolder) {
  ASSERT_EQ(back_up().status, 0);
  auto other = directory_ / "other";
  found(other);
  auto refused = run_byline({"backup", "--data", other, "--to", folder_, "--keep", "1"});
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.errors, HasSubstr("are of another log"));
  EXPECT_EQ(back_up().status, 0) << "what was there is there, and can be added to";
  EXPECT_EQ(lines_of(run_byline({"backup", "--to", folder_, "--list"}).output).size(), 2U);
}

TEST_F(Backup, ADamagedOneIsListedAndNotPassedOver) {
  ASSERT_EQ(back_up().status, 0);
  register_application(*service_.admin(), "Program", address(0, 1), {"intake_worker"});
  ASSERT_EQ(back_up().status, 0);
  fs::remove(fs::path(folder_) / "private" / "2" / "CURRENT");
  EXPECT_THAT(run_byline({"backup", "--to", folder_, "--list"}).output, ContainsRegex("backup 2 +DAMAGED"));
  auto refused = restore(copy_);
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.errors, HasSubstr("The backup 2"));
  EXPECT_EQ(restore(copy_, {"--backup", "1"}).status, 0);
}

TEST_F(Backup, OneIsDeletedByItsNumberAndADamagedOneToo) {
  for (int i = 0; i < 3; ++i) {
    register_application(*service_.admin(), "Program", address(0, i), {"intake_worker"});
    ASSERT_EQ(back_up().status, 0);
  }
  fs::remove(fs::path(folder_) / "private" / "2" / "CURRENT");
  auto remove = [this](const std::string& number) {
    return run_byline({"backup", "--to", folder_, "--delete", number});
  };
  EXPECT_THAT(remove("4").errors, HasSubstr("There is no backup 4"));
  EXPECT_THAT(remove("0").errors, HasSubstr("--delete: must be at least 1"));
  for (const auto* number : {"2", "1"}) {
    auto done = remove(number);
    EXPECT_EQ(done.status, 0) << done.errors;
    EXPECT_EQ(remove(number).status, 1) << "it is gone";
  }
  EXPECT_FALSE(fs::exists(fs::path(folder_) / "private" / "2"));
  EXPECT_EQ(lines_of(run_byline({"backup", "--to", folder_, "--list"}).output).size(), 1U);
  EXPECT_EQ(restore(copy_).status, 0) << "what the third has in common with the others is there";
}

TEST_F(Backup, SaysWhoseItIs) {
  auto made = back_up();
  ASSERT_EQ(made.status, 0);
  auto name = nlohmann::json::parse(made.output).at("organization").get<std::string>();
  EXPECT_FALSE(name.empty());
  EXPECT_THAT(run_byline({"backup", "--to", folder_, "--list"}).output, HasSubstr("  " + name + "\n"));
}

TEST_F(Backup, IsForItsUserAlone) {
  fs::create_directories(folder_);
  fs::permissions(folder_, fs::perms::owner_all | fs::perms::others_read | fs::perms::others_exec);
  ASSERT_EQ(back_up().status, 0);
  for (const auto& file : fs::recursive_directory_iterator(folder_)) {
    auto others = file.status().permissions() & (fs::perms::group_all | fs::perms::others_all);
    EXPECT_EQ(others, fs::perms::none) << file.path();
  }
}

TEST_F(Backup, ARestoreThatIsKilledLeavesAllOfItOrNothingThatPassesForData) {
  ASSERT_EQ(back_up().status, 0);
  for (int milliseconds : {1, 5, 20, 40, 60, 90}) {
    Process restore({byline_binary(), "restore", "--from", folder_, "--data", copy_});
    std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
    restore.signal(SIGKILL);
    restore.wait();
    if (!fs::exists(copy_)) continue;
    take_key_to(copy_);  // it was quicker
    auto verified = run_byline({"verify", "--data", copy_});
    EXPECT_EQ(verified.status, 0) << verified.output << verified.errors;
    break;
  }
  fs::remove_all(copy_);
  EXPECT_EQ(restore(copy_).status, 0);
  expect_nothing_but({"backups", "copy"});
}

class Export : public Backup {
 protected:
  Export() {
    auto admin = service_.admin();
    for (int i = 0; i < 200; ++i) register_application(*admin, "Program", address(0, i), {"intake_worker"});
    EXPECT_EQ(service_.stop(), 0);
    auto done = run_byline({"export", "--data", service_.data(), "--to", file_});
    EXPECT_EQ(done.status, 0) << done.errors;
    lines_ = lines_of(read_file(file_));
  }
  std::string import(const std::vector<std::string>& lines) {
    std::ofstream out(file_, std::ios::binary | std::ios::trunc);
    for (const auto& line : lines) out << line << '\n';
    out.close();
    return import_file();
  }
  std::string import_file() {
    auto done = run_byline({"import", "--from", file_, "--data", copy_});
    expect_nothing_but(done.status == 0 ? std::set<std::string>{"copy", "log.jsonl"}
                                        : std::set<std::string>{"log.jsonl"});
    return done.status == 0 ? "" : done.errors;
  }
  std::string file_ = directory_ / "log.jsonl";
  std::vector<std::string> lines_;
};

TEST_F(Export, ComesBackByteForByteAndIsServed) {
  ASSERT_EQ(import_file(), "");
  EXPECT_EQ(run_byline({"export", "--data", copy_}).output, read_file(file_));
  take_key_to(copy_);
  auto planned = run_byline({"upgrade", "--check", "--data", copy_});
  EXPECT_THAT(planned.output, HasSubstr("The view roles is built from the log"));
  auto upgraded = run_byline({"upgrade", "--data", copy_});
  EXPECT_EQ(upgraded.status, 0) << upgraded.errors;
  auto verified = run_byline({"verify", "--data", copy_});
  EXPECT_EQ(verified.status, 0) << verified.output << verified.errors;
  auto wanted = run_byline({"replay", "--data", service_.data(), "--json"}).output;
  EXPECT_THAT(run_byline({"replay", "--data", copy_, "--json"}).output, ::testing::StartsWith(wanted))
      << "behind it stands what building the views was";
}

TEST_F(Export, OfWhatIsNotWholeIsNotMadeAndTheOneBeforeStays) {
  auto before = read_file(file_);
  auto nothing = run_byline({"export", "--data", directory_ / "nothing", "--to", file_});
  EXPECT_EQ(nothing.status, 1);
  EXPECT_EQ(read_file(file_), before);
  std::size_t tables = 0;
  for (const auto& file : fs::directory_iterator(fs::path(service_.data()) / "db")) {
    if (file.path().extension() != ".sst") continue;
    ++tables;
    auto aside = directory_ / "aside";
    fs::rename(file.path(), aside);
    for (const auto& command : {"export", "upgrade", "verify"}) {
      std::vector<std::string> words = {command, "--data", service_.data()};
      if (words[0] == "export") words.insert(words.end(), {"--to", file_});
      if (words[0] == "upgrade") words.emplace_back("--check");
      auto refused = run_byline(words);
      EXPECT_EQ(refused.status, 1) << command;
      EXPECT_THAT(refused.errors, HasSubstr("cannot be opened")) << command;
    }
    fs::rename(aside, file.path());
  }
  EXPECT_GT(tables, 0U);
  EXPECT_EQ(read_file(file_), before);
  expect_nothing_but({"log.jsonl"});
  EXPECT_EQ(run_byline({"export", "--data", service_.data(), "--to", file_}).status, 0);
  EXPECT_EQ(read_file(file_), before);
  EXPECT_EQ(fs::status(file_).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(Export, IsVerifiedWithoutViewsOnceItIsImported) {
  ASSERT_EQ(import_file(), "");
  take_key_to(copy_);
  auto verified = run_byline({"verify", "--data", copy_});
  EXPECT_EQ(verified.status, 0) << verified.output << verified.errors;
  EXPECT_EQ(run_byline({"verify", "key", "--data", copy_}).output,
            run_byline({"verify", "key", "--data", service_.data()}).output);
}

TEST_F(Export, WhatIsWrongInTheFileIsNamedByItsLine) {
  auto good = lines_;
  auto with = [&](std::size_t index, const std::function<void(std::string&)>& change) {
    auto lines = good;
    change(lines.at(index));
    return import(lines);
  };
  // Line 1 is the head, so line n + 1 is position n.
  EXPECT_THAT(with(40, [](std::string& line) { line.replace(line.find("\"at\":\"2"), 7, "\"at\":\"3"); }),
              AllOf(HasSubstr("Line 258"), HasSubstr("from position 1 on")))
      << "changed, and still JSON: found at the next root";
  EXPECT_THAT(with(40, [](std::string& line) { line.resize(line.size() / 2); }),
              AllOf(HasSubstr("Line 41"), HasSubstr("position 40")));
  auto lines = good;
  lines.erase(lines.begin() + 10);
  EXPECT_THAT(import(lines), AllOf(HasSubstr("Line 11"), HasSubstr("position 11"), HasSubstr("position 10")));
  lines = good;
  std::swap(lines[5], lines[6]);
  EXPECT_THAT(import(lines), HasSubstr("Line 6"));
  lines = good;
  lines.insert(lines.begin() + 8, lines[7]);
  EXPECT_THAT(import(lines), HasSubstr("Line 9"));
  lines = good;
  lines.pop_back();
  EXPECT_THAT(import(lines), HasSubstr("the last line"));
  lines.pop_back();
  EXPECT_THAT(import(lines), HasSubstr("the last line"));
  lines = good;
  lines.erase(lines.end() - 2);  // a key
  EXPECT_THAT(import(lines), HasSubstr("keys at the export"));
  EXPECT_THAT(with(good.size() - 2,
                   [](std::string& line) {
                     auto& digit = line[line.find("sealed_key") + 20];
                     digit = digit == 'A' ? 'B' : 'A';
                   }),
              HasSubstr("the keys are not those that were exported"));
  lines = good;
  lines.push_back("{}");
  EXPECT_THAT(import(lines), HasSubstr("after the end"));
  EXPECT_THAT(import({}), HasSubstr("Line 1"));
  EXPECT_THAT(import({"hello"}), HasSubstr("Line 1"));
  EXPECT_THAT(with(0, [](std::string& line) { line = R"({"byline_export":9})"; }),
              HasSubstr("newer release"));
  EXPECT_THAT(
      with(good.size() - 1, [](std::string& line) { line.replace(line.find("\"root\":\"") + 8, 1, "?"); }),
      HasSubstr("root"));
  std::ofstream(file_, std::ios::binary | std::ios::app) << "no end";
  EXPECT_NE(import_file(), "");
}

}  // namespace
}  // namespace byline::test
