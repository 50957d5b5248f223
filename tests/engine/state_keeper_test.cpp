// The write model that is kept for the next start: it saves the fold, and never changes what comes of it.

#include "engine/state_keeper.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "domain/email.hpp"
#include "engine/fold.hpp"
#include "engine_fixture.hpp"
#include "events/codec.hpp"
#include "raw_database.hpp"

namespace byline::test {
namespace {

namespace fs = std::filesystem;

class StateKeeperTest : public EngineFixture {
 protected:
  StateKeeperTest() {
    options_.states_apart = 1;
    options_.rewriting_apart = std::chrono::milliseconds(0);
  }
  fs::path file() const { return StateKeeper::file_in(directory_.path()); }
  std::string bytes() const {
    std::ifstream in(file(), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void replace_with(const std::string& bytes) {
    std::ofstream(file(), std::ios::binary | std::ios::trunc) << bytes;
  }
  /// Makes the log's first entry one that no fold takes.
  void spoil_the_log() {
    with_family(directory_.path(), "log", [](rocksdb::DB& rocks, rocksdb::ColumnFamilyHandle* log) {
      ASSERT_TRUE(rocks.Put({}, log, log_key(1), "{}").ok());
    });
  }
  std::string refusal() {
    auto opened = Engine::open(options_, metrics_);
    return opened ? "" : opened.error();
  }
  void expect_addresses_are_known() {
    auto outcome = ask(register_command("Second", "first@example.org", {intake_worker()}));
    EXPECT_EQ(codes_of(outcome), "email_taken");
  }
  bool is_right() {
    auto database = Database::open(directory_.path(), Database::Mode::read_only, options_.key_encryption_key);
    return is_kept_state_right(directory_.path(), **database);
  }
};

TEST_F(StateKeeperTest, AStartFoldsOnlyWhatCameAfter) {
  found();
  register_application("First", "first@example.org");
  close();
  ASSERT_TRUE(fs::exists(file()));
  EXPECT_TRUE(is_right());
  spoil_the_log();
  open();
  ASSERT_TRUE(engine_) << "the first entry is read after all";
  expect_addresses_are_known();
  close();
  fs::remove(file());
  EXPECT_THAT(refusal(), ::testing::HasSubstr("position 1")) << "or spoiling it does nothing";
}

TEST_F(StateKeeperTest, WhatIsKeptAndWhatCameAfterIsTheLog) {
  found();
  register_application("First", "first@example.org");
  close();
  auto early = bytes();
  ASSERT_FALSE(early.empty());
  open();
  register_application("Later", "later@example.org");
  close();
  replace_with(early);
  open();
  EXPECT_EQ(codes_of(ask(register_command("Other", "later@example.org", {intake_worker()}))), "email_taken");
  expect_addresses_are_known();
}

TEST_F(StateKeeperTest, ADamagedFileIsNotRead) {
  found();
  register_application("First", "first@example.org");
  close();
  auto good = bytes();
  std::vector<std::string> bad = {"", "x", good.substr(0, good.size() / 2), good + "x"};
  for (std::size_t place = 0; place < good.size(); place += good.size() / 23) {
    bad.push_back(good);
    bad.back()[place] = static_cast<char>(bad.back()[place] ^ 0x10);
  }
  for (const auto& each : bad) {
    replace_with(each);
    open();
    ASSERT_TRUE(engine_);
    expect_addresses_are_known();
    close();
    EXPECT_TRUE(is_right());
  }
}

TEST_F(StateKeeperTest, ADirectoryInItsPlaceHindersNobody) {
  found();
  register_application("First", "first@example.org");
  close();
  fs::remove(file());
  fs::create_directories(file() / "something");
  reopen();
  ASSERT_TRUE(engine_);
  expect_addresses_are_known();
  close();
  EXPECT_TRUE(fs::is_directory(file()));
}

TEST_F(StateKeeperTest, OneOfAnotherLogIsNotRead) {
  TempDirectory other;
  {
    Metrics metrics;
    auto engine = Engine::open({.directory = other.path(), .states_apart = 1}, metrics);
    ASSERT_TRUE(engine) << engine.error();
    ASSERT_TRUE(is_committed(submit(**engine, {kSystemAccount, {}, {}}, found_command("Other")).get()));
  }
  found();
  register_application("First", "first@example.org");
  close();
  fs::copy_file(StateKeeper::file_in(other.path()), file(), fs::copy_options::overwrite_existing);
  open();
  expect_addresses_are_known();
}

TEST_F(StateKeeperTest, OneMadeWithAnotherKeyIsNotReadAndTheLogSaysWhy) {
  options_.key_encryption_key.emplace().fill(7);
  found();
  close();
  options_.key_encryption_key->fill(8);
  EXPECT_THAT(refusal(), ::testing::HasSubstr("key-encryption key is not the one of this data"));
}

TEST_F(StateKeeperTest, WhatDoesNotFollowFromTheLogIsFound) {
  found();
  register_application("First", "first@example.org");
  close();
  EXPECT_TRUE(is_right());
  auto kept = bytes();
  // The same log, told otherwise: then the file, which is whole, is not what it gives any more.
  with_family(directory_.path(), "log", [&](rocksdb::DB& rocks, rocksdb::ColumnFamilyHandle* log) {
    std::string bytes;
    ASSERT_TRUE(rocks.Get({}, log, log_key(1), &bytes).ok());
    auto entry = decode(bytes).value();
    std::get<OrganizationCreated>(entry.event).name = "Somebody else's";
    bytes.clear();
    encode(entry, bytes);
    ASSERT_TRUE(rocks.Put({}, log, log_key(1), bytes).ok());
  });
  EXPECT_FALSE(is_right());
}

TEST_F(StateKeeperTest, ItIsKeptWhileTheServiceRuns) {
  found();
  for (int i = 0; i < 5; ++i) {
    auto before = bytes();
    register_application("Program " + std::to_string(i), "program" + std::to_string(i) + "@example.org");
    eventually([&] { return bytes() != before; });
  }
  close();
  EXPECT_TRUE(is_right());
}

TEST_F(StateKeeperTest, OfSomebodyErasedItGoesToo) {
  options_.key_encryption_key.emplace().fill(7);
  auto digest = digest_email_key(parse_email("first@example.org").value().key);
  auto knows_somebody = [&] {
    return bytes().find(std::string(reinterpret_cast<const char*>(digest.data()), digest.size())) !=
           std::string::npos;
  };
  found();
  auto id = register_application("First", "first@example.org");
  close();
  EXPECT_TRUE(knows_somebody());
  open();
  ASSERT_TRUE(is_committed(ask(DeleteApplication{id})));
  ASSERT_TRUE(is_committed(ask(EraseSubject{SubjectKind::application, {id.bytes}, {}, {}})));
  ASSERT_TRUE(engine_->wait_for_erasures());
  EXPECT_FALSE(knows_somebody());
  close();
  EXPECT_FALSE(bytes().empty());
  EXPECT_FALSE(knows_somebody());
  EXPECT_TRUE(is_right());
}

}  // namespace
}  // namespace byline::test
