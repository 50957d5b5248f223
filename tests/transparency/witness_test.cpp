#include "transparency/witness.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "support/temp_directory.hpp"

namespace byline::transparency {
namespace {

using security::NoteKeyType;
using security::NoteSigner;

/// A log whose entries are their own numbers; `fork`: others from that one on.
class Numbers final : public Subtrees {
 public:
  explicit Numbers(std::uint64_t fork = UINT64_MAX) : fork_(fork) {}
  TreeHash subtree(unsigned height, std::uint64_t index) const override {
    if (height == 0) return leaf_hash(std::to_string(index) + (index >= fork_ ? " forked" : ""));
    return node_hash(subtree(height - 1, 2 * index), subtree(height - 1, 2 * index + 1));
  }

 private:
  std::uint64_t fork_;
};

struct WitnessTest : ::testing::Test {
  Witness open() { return {directory.path(), key, {log.verifier(), other.verifier()}}; }

  std::string submission(std::uint64_t old_size, std::uint64_t size, const Numbers& tree = Numbers()) const {
    return submission(old_size, size, tree, log, "log.example.org");
  }
  static std::string submission(std::uint64_t old_size, std::uint64_t size, const Numbers& tree,
                                const NoteSigner& signer, const std::string& origin) {
    auto text = "old " + std::to_string(old_size) + "\n";
    if (old_size <= size) {
      for (const auto& hash : consistency_proof(tree, old_size, size)) text += to_base64(hash) + "\n";
    }
    auto body = text_of({origin, size, root_of(tree, size)});
    return text + "\n" + security::to_string(security::SignedNote{body, {signer.sign(body, 0)}});
  }
  static constexpr std::int64_t kNow = 1'795'000'000;

  test::TempDirectory directory;
  NoteSigner key = NoteSigner::generate("witness.example.org", NoteKeyType::cosignature);
  NoteSigner log = NoteSigner::generate("log.example.org", NoteKeyType::ed25519);
  NoteSigner other = NoteSigner::generate("other.example.org", NoteKeyType::ed25519);
};

TEST_F(WitnessTest, SignsALogAsItGrows) {
  auto witness = open();
  std::uint64_t last = 0;
  for (std::uint64_t size : {1, 2, 7, 7, 300}) {
    auto answer = witness.add_checkpoint(submission(last, size), kNow);
    ASSERT_EQ(answer.status, 200U) << answer.body;
    auto signatures = security::parse_note_signatures(answer.body);
    ASSERT_TRUE(signatures);
    auto text = text_of({"log.example.org", size, root_of(Numbers(), size)});
    EXPECT_EQ(key.verifier().check(security::SignedNote{text, *signatures}), kNow);
    last = size;
  }
}

TEST_F(WitnessTest, TellsWhatItSignedLastToWhoDoesNotKnow) {
  auto witness = open();
  witness.add_checkpoint(submission(0, 5), kNow);
  for (std::uint64_t old_size : {0, 3, 6}) {
    auto answer = witness.add_checkpoint(submission(old_size, 7), kNow);
    EXPECT_EQ(answer.status, 409U);
    EXPECT_EQ(answer.body, "5\n");
    EXPECT_EQ(answer.content_type, "text/x.tlog.size");
  }
}

TEST_F(WitnessTest, RemembersWhenItIsStartedAnew) {
  open().add_checkpoint(submission(0, 5), kNow);
  auto again = open();
  EXPECT_EQ(again.add_checkpoint(submission(0, 5), kNow).status, 409U);
  EXPECT_EQ(again.add_checkpoint(submission(5, 8), kNow).status, 200U);
}

TEST_F(WitnessTest, DoesNotSignAnotherHistory) {
  auto witness = open();
  witness.add_checkpoint(submission(0, 5), kNow);
  EXPECT_EQ(witness.add_checkpoint(submission(5, 8, Numbers(3)), kNow).status, 422U);
  EXPECT_EQ(witness.add_checkpoint(submission(5, 5, Numbers(3)), kNow).status, 409U)
      << "another root of the same size";
  EXPECT_EQ(witness.add_checkpoint(submission(5, 8, Numbers(5)), kNow).status, 200U)
      << "which had not been shown";
  EXPECT_EQ(witness.add_checkpoint(submission(8, 9), kNow).status, 422U);
}

TEST_F(WitnessTest, KnowsTheEmptyLog) {
  auto witness = open();
  EXPECT_EQ(witness.add_checkpoint(submission(0, 0), kNow).status, 200U);
  auto body = text_of({"log.example.org", 0, leaf_hash("not empty")});
  EXPECT_EQ(witness
                .add_checkpoint(
                    "old 0\n\n" + security::to_string(security::SignedNote{body, {log.sign(body, 0)}}), kNow)
                .status,
            422U);
}

TEST_F(WitnessTest, KeepsLogsApart) {
  auto witness = open();
  witness.add_checkpoint(submission(0, 5), kNow);
  EXPECT_EQ(witness.add_checkpoint(submission(0, 9, Numbers(2), other, "other.example.org"), kNow).status,
            200U);
  EXPECT_EQ(witness.add_checkpoint(submission(5, 6), kNow).status, 200U);
}

TEST_F(WitnessTest, RefusesStrangers) {
  auto witness = open();
  EXPECT_EQ(witness.add_checkpoint(submission(0, 5, Numbers(), log, "nobody.example.org"), kNow).status,
            404U);
  EXPECT_EQ(witness.add_checkpoint(submission(0, 5, Numbers(), other, "log.example.org"), kNow).status, 403U);
  auto namesake = NoteSigner::generate("log.example.org", NoteKeyType::ed25519);
  EXPECT_EQ(witness.add_checkpoint(submission(0, 5, Numbers(), namesake, "log.example.org"), kNow).status,
            403U);
}

TEST_F(WitnessTest, RefusesWhatIsNoSubmission) {
  auto witness = open();
  auto good = submission(2, 5);
  for (const auto& body :
       {std::string(), std::string("old"), std::string("old 1\n"), "old 02" + good.substr(5),
        "new" + good.substr(3), "old 5\n" + good, std::string("old 6") + good.substr(5),
        good.substr(0, good.size() - 2), std::string(500'000, '\n')})
    EXPECT_EQ(witness.add_checkpoint(body, kNow).status, 400U) << body.substr(0, 100);
  EXPECT_EQ(witness.add_checkpoint(submission(0, 5), kNow).status, 200U) << "none of these was kept";
}

TEST_F(WitnessTest, OfTwoThatRaceFromTheSameSizeSignsOne) {
  auto witness = open();
  witness.add_checkpoint(submission(0, 5), kNow);
  std::atomic<int> signed_count = 0;
  {
    std::vector<std::jthread> threads;
    for (std::uint64_t size : {6, 7, 8, 9}) {
      threads.emplace_back(
          [&, size] { signed_count += witness.add_checkpoint(submission(5, size), kNow).status == 200U; });
    }
  }
  EXPECT_EQ(signed_count, 1);
}

TEST_F(WitnessTest, DoesNotGoOnWithADamagedMemory) {
  open().add_checkpoint(submission(0, 5), kNow);
  for (const auto& file : std::filesystem::directory_iterator(directory.path()))
    std::filesystem::resize_file(file, 20);
  auto witness = open();
  EXPECT_THROW(witness.add_checkpoint(submission(0, 9), kNow), std::runtime_error);
}

}  // namespace
}  // namespace byline::transparency
