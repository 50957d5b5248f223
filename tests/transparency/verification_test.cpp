#include "transparency/verification.hpp"

#include <gmock/gmock.h>

#include "byline/verify.hpp"
#include "engine/engine_fixture.hpp"
#include "engine/raw_database.hpp"
#include "log/rocks_tree.hpp"
#include "transparency/publisher.hpp"

namespace byline::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// A data directory with some 700 events and a published checkpoint, closed; then somebody lays hands on it.
class VerificationTest : public EngineFixture {
 protected:
  VerificationTest() {
    found();
    for (int i = 0; i < 40; ++i) register_application("Program " + std::to_string(i), address(i));
    publish();
    older_ = note_;
    for (int i = 40; i < 330; ++i) register_application("Program " + std::to_string(i), address(i));
    publish();
    size_ = engine_->log_reader()->size();
    close();
  }

  static std::string address(int i) { return "program" + std::to_string(i) + "@example.org"; }

  void publish() {
    transparency::Publisher publisher(
        *engine_, key_, {.interval = std::chrono::milliseconds(0), .begins_anew = note_.empty()});
    auto published = publisher.covering(engine_->log_reader()->size());
    if (!published) throw std::runtime_error(published.error());
    note_ = security::to_string((*published)->note);
  }

  /// What is found, a line each: `position: sentence`.
  std::vector<std::string> findings(bool since = false, bool views = false) {
    auto database = Database::open(directory_.path(), Database::Mode::follower);
    if (!database) throw std::runtime_error(database.error());
    transparency::VerificationOptions options;
    options.key = key_.verifier();
    options.views = views;
    if (since) options.since = transparency::parse_checkpoint(older_).value();
    auto verified = transparency::verify(**database, options);
    if (!verified) return {verified.error()};
    std::vector<std::string> lines;
    for (const auto& finding : verified->findings)
      lines.push_back(std::to_string(finding.position) + ": " + finding.what);
    return lines;
  }

  std::string entry(std::uint64_t position) {
    std::string bytes;
    with_family(directory_.path(), "log", [&](rocksdb::DB& rocks, rocksdb::ColumnFamilyHandle* family) {
      rocks.Get({}, family, log_key(position), &bytes);
    });
    return bytes;
  }
  void put(const std::string& family_name, const std::string& key, const std::string& value) {
    with_family(directory_.path(), family_name, [&](rocksdb::DB& rocks, rocksdb::ColumnFamilyHandle* family) {
      rocks.Put({}, family, key, value);
    });
  }
  void erase(const std::string& family_name, const std::string& key) {
    with_family(directory_.path(), family_name, [&](rocksdb::DB& rocks, rocksdb::ColumnFamilyHandle* family) {
      rocks.Delete({}, family, key);
    });
  }
  std::string row(const std::string& family_name, const std::string& key) {
    std::string value;
    with_family(directory_.path(), family_name, [&](rocksdb::DB& rocks, rocksdb::ColumnFamilyHandle* family) {
      rocks.Get({}, family, key, &value);
    });
    return value;
  }
  /// A tile's key.
  static std::string tile_key(unsigned level, std::uint64_t index) {
    return std::string(1, static_cast<char>(level)) + log_key(index);
  }
  /// The entry with a name exchanged for another one of the same length, so that it still decodes.
  static std::string forged(std::string bytes) {
    auto at = bytes.find("Program");
    if (at == std::string::npos) throw std::logic_error("no program is named here");
    return bytes.replace(at, 7, "Problem");
  }
  /// A position between the two at which an application was registered.
  std::uint64_t registration_after(std::uint64_t position) {
    while (entry(position).find("\"type\":\"ApplicationRegistered\"") == std::string::npos) ++position;
    return position;
  }

  security::NoteSigner key_ =
      security::NoteSigner::generate("log.example.org", security::NoteKeyType::ed25519);
  std::string note_, older_;
  std::uint64_t size_ = 0;
};

TEST_F(VerificationTest, FindsNothingInWhatNobodyTouched) {
  EXPECT_THAT(findings(true, true), IsEmpty());
  auto report = verify_log({.data = directory_.path(), .key = key_.verifier().text()});
  ASSERT_TRUE(report) << report.error();
  EXPECT_EQ(report->entries, size_);
  EXPECT_EQ(report->signed_entries, size_);
}

TEST_F(VerificationTest, NamesAChangedEntry) {
  for (std::uint64_t from : {100UL, 300UL, size_ - 5}) {  // in a full tile, in another one, at the edge
    auto position = registration_after(from);
    auto before = entry(position);
    put("log", log_key(position), forged(before));
    EXPECT_THAT(
        findings(),
        ElementsAre(std::to_string(position) + ": The entry is not the one that the tree was made of: its "
                                               "bytes, or the tile's, were changed.",
                    "0: The first " + std::to_string(size_) + " entries are not those that were signed."));
    put("log", log_key(position), before);
  }
}

TEST_F(VerificationTest, SeesAChangeOfAnEntryAndItsTree) {
  auto position = registration_after(100);
  auto changed = forged(entry(position));
  put("log", log_key(position), changed);
  auto tile = row("tree", tile_key(0, 0));
  auto hash = leaf_hash(changed);
  tile.replace((position - 1) * 32, 32, std::string(hash.begin(), hash.end()));
  put("tree", tile_key(0, 0), tile);
  EXPECT_THAT(findings(),
              Contains("0: The first " + std::to_string(size_) + " entries are not those that were signed."));
  EXPECT_THAT(findings(true),
              Contains("0: The first " + std::to_string(size_) +
                       " entries are not those that were signed, though the first " +
                       std::to_string(transparency::parse_checkpoint(older_)->checkpoint.size) + " are."))
      << "the older checkpoint narrows it down";
}

TEST_F(VerificationTest, NamesAMissingEntry) {
  erase("log", log_key(123));
  EXPECT_THAT(findings(), Contains("123: There is no entry at this position."));
}

TEST_F(VerificationTest, NamesSwappedEntries) {
  auto one = registration_after(100), other = registration_after(one + 1);
  auto bytes = entry(one);
  put("log", log_key(one), entry(other));
  put("log", log_key(other), bytes);
  auto found = findings();
  EXPECT_THAT(found, Contains(std::to_string(one) + ": The entry says that it stands at position " +
                              std::to_string(other) + "."));
  EXPECT_THAT(found, Contains(std::to_string(other) + ": The entry says that it stands at position " +
                              std::to_string(one) + "."));
  EXPECT_THAT(
      found,
      Contains(
          std::to_string(one) +
          ": The entry is not the one that the tree was made of: its bytes, or the tile's, were changed."));
}

TEST_F(VerificationTest, NamesWhereTheLogWasCutOff) {
  for (auto position = size_ - 3; position <= size_; ++position) erase("log", log_key(position));
  EXPECT_THAT(findings(), Contains(std::to_string(size_ - 3) + ": The log ends before this position, but " +
                                   std::to_string(size_) + " entries were signed."));
}

TEST_F(VerificationTest, NamesAnInsertedEntry) {
  put("log", log_key(size_ + 1), entry(size_));
  auto found = findings();
  EXPECT_THAT(found, Contains(std::to_string(size_ + 1) + ": The entry says that it stands at position " +
                              std::to_string(size_) + "."));
  EXPECT_THAT(found, Contains(HasSubstr(std::to_string(size_ + 1) + ": The entry is version")));
}

TEST_F(VerificationTest, NamesAnEntryThatCannotBeDecoded) {
  put("log", log_key(77), "{}");
  EXPECT_THAT(findings(), Contains(HasSubstr("77: The entry cannot be decoded")));
}

TEST_F(VerificationTest, NamesADamagedTile) {
  auto tile = row("tree", tile_key(0, 1));
  tile[40] ^= 1;  // of the second of its leaves
  put("tree", tile_key(0, 1), tile);
  EXPECT_THAT(findings(), ElementsAre("258: The entry is not the one that the tree was made of: its bytes, "
                                      "or the tile's, were changed."));
}

TEST_F(VerificationTest, NamesAMissingTile) {
  erase("tree", tile_key(0, 1));
  EXPECT_THAT(
      findings(),
      Contains("257: The tile of the tree over this entry and those after it is missing or damaged."));
}

TEST_F(VerificationTest, NamesADamagedTileAboveTheLeaves) {
  auto tile = row("tree", tile_key(1, 0));
  tile[3] ^= 1;
  put("tree", tile_key(1, 0), tile);
  EXPECT_THAT(findings(), ElementsAre("1: The tile 1/000 of the tree is not made of those below it."));
}

TEST_F(VerificationTest, SeesAForgedCheckpoint) {
  auto forged = note_;
  forged.replace(forged.find("\n" + std::to_string(size_)), 2, "\n1");
  put("default", "checkpoint", forged);
  EXPECT_THAT(
      findings(),
      Contains(
          "0: The checkpoint that was published last bears a signature of log.example.org that is wrong."));
  put("default", "checkpoint", "nonsense");
  EXPECT_THAT(findings(), Contains("0: The checkpoint that was published last has no signatures."));
}

TEST_F(VerificationTest, LooksAtTheOlderCheckpointsSignatureAlsoWhereTheLastOneIsDamaged) {
  put("default", "checkpoint", "nonsense");
  older_.replace(older_.size() - 5, 1, older_[older_.size() - 5] == 'x' ? "y" : "x");
  EXPECT_THAT(findings(true),
              Contains("0: The older checkpoint bears a signature of log.example.org that is wrong."));
}

TEST_F(VerificationTest, SeesACheckpointThatSomebodyElseSigned) {
  auto other = security::NoteSigner::generate("log.example.org", security::NoteKeyType::ed25519);
  auto note = transparency::parse_checkpoint(note_)->note;
  note.signatures = {other.sign(note.text, 0)};
  put("default", "checkpoint", to_string(note));
  EXPECT_THAT(findings(),
              ElementsAre("0: The checkpoint that was published last is not signed by log.example.org."));
}

TEST_F(VerificationTest, NamesAViewThatIsNotWhatTheLogGives) {
  std::string family;
  for (const auto& name : families_in(directory_.path())) {
    if (name.starts_with("view.applications.")) family = name;
  }
  put(family, "zzz", "a row");
  EXPECT_THAT(findings(false, true),
              ElementsAre("0: The view applications is not what the log gives: rows differ, first "
                          "at the key 7A7A7A."));
}

TEST_F(VerificationTest, ChangesNothing) {
  auto before = families_in(directory_.path());
  findings(true, true);
  EXPECT_EQ(families_in(directory_.path()), before);
  open();
  EXPECT_EQ(engine_->log_reader()->size(), size_);
}

TEST_F(VerificationTest, RunsBesideTheServiceThatWrites) {
  open();
  register_application("Another", "another@example.org");
  EXPECT_THAT(findings(true, true), IsEmpty());
}

/// Opens the data again, lets it grow, and gives what a publisher says to that.
class PublisherTest : public VerificationTest {
 protected:
  std::string complaint() {
    open();
    register_application("One more", address(static_cast<int>(engine_->log_reader()->size())));
    transparency::Publisher publisher(*engine_, key_, {.interval = std::chrono::milliseconds(0)});
    auto published = publisher.covering(size_ + 1);
    return published ? "" : published.error();
  }
};

TEST_F(PublisherTest, GoesOnWhereItWas) { EXPECT_EQ(complaint(), ""); }

TEST_F(PublisherTest, DoesNotSignAnotherHistory) {
  auto position = registration_after(300);
  put("log", log_key(position), forged(entry(position)));
  erase("tree", tile_key(0, 1));  // so that what was changed is hashed again
  EXPECT_THAT(complaint(), HasSubstr("the log was changed"));
}

TEST_F(PublisherTest, DoesNotSignAShorterHistory) {
  // More than what is told of the views, which are built anew then.
  for (auto position = size_ - 100; position <= size_; ++position) erase("log", log_key(position));
  EXPECT_THAT(complaint(), HasSubstr("some are lost"));
}

TEST_F(PublisherTest, DoesNotBeginAnewWhereItsLastCheckpointIsGoneOrDamaged) {
  auto kept = row("default", "checkpoint");
  erase("default", "checkpoint");
  EXPECT_THAT(complaint(), HasSubstr("the last checkpoint is missing"));
  close();
  put("default", "checkpoint", "nonsense");
  EXPECT_THAT(complaint(), HasSubstr("the last checkpoint has no signatures"));
  close();
  auto& of_signature = kept[kept.size() - 5];
  of_signature = of_signature == 'x' ? 'y' : 'x';
  put("default", "checkpoint", kept);
  EXPECT_THAT(complaint(),
              HasSubstr("the last checkpoint bears a signature of log.example.org that is wrong"));
}

TEST_F(PublisherTest, DoesNotBelieveATileThatCannotBeFullYet) {
  put("tree", tile_key(0, size_ / 256), std::string(8192, '\7'));
  EXPECT_EQ(complaint(), "");
  close();
  EXPECT_THAT(findings(), IsEmpty());
}

TEST_F(VerificationTest, SeesAMissingCheckpoint) {
  erase("default", "checkpoint");
  EXPECT_THAT(findings(), ElementsAre("0: The checkpoint that was published last is missing."));
}

TEST_F(VerificationTest, TellsWhatItFoundAlsoWhereTheViewsCannotBeFolded) {
  auto position = registration_after(100);
  put("log", log_key(position), "{}");
  EXPECT_THAT(findings(false, true),
              Contains(HasSubstr(std::to_string(position) + ": The entry cannot be decoded")));
}

TEST_F(VerificationTest, NamesAnEntryFarBehindAllOthers) {
  put("log", log_key(1ULL << 62), entry(5));
  EXPECT_THAT(findings(),
              Contains("4611686018427387904: There is an entry at this position, far behind all others."));
}

}  // namespace
}  // namespace byline::test
