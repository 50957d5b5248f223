#include "transparency/proof.hpp"

#include <gtest/gtest.h>

namespace byline::transparency {
namespace {

using security::NoteKeyType;
using security::NoteSigner;

/// A log of five entries in memory.
class Five final : public Subtrees {
 public:
  static std::string entry(std::uint64_t index) {
    return R"({"position":)" + std::to_string(index + 1) + "}";
  }
  TreeHash subtree(unsigned height, std::uint64_t index) const override {
    if (height == 0) return leaf_hash(entry(index));
    return node_hash(subtree(height - 1, 2 * index), subtree(height - 1, 2 * index + 1));
  }
};

struct ProofTest : ::testing::Test {
  Proof proof_of(std::uint64_t index) const {
    Checkpoint checkpoint{"log.example.org", 5, root_of(Five(), 5)};
    security::SignedNote note{text_of(checkpoint), {log.sign(text_of(checkpoint), 0)}};
    return {Five::entry(index), index, inclusion_proof(Five(), index, 5), {checkpoint, note}};
  }
  std::string checked(const Proof& proof) const {
    auto result = check(proof, log.verifier());
    return result ? "" : result.error();
  }
  NoteSigner log = NoteSigner::generate("log.example.org", NoteKeyType::ed25519);
};

TEST_F(ProofTest, HoldsForEveryEntryAfterItWasWrittenAndRead) {
  for (std::uint64_t index = 0; index < 5; ++index) {
    auto read = parse_proof(to_string(proof_of(index)));
    ASSERT_TRUE(read) << read.error();
    EXPECT_EQ(read->entry, Five::entry(index));
    EXPECT_EQ(checked(*read), "");
  }
}

TEST_F(ProofTest, HasTheFormOfTheSpecification) {
  auto text = to_string(proof_of(4));
  EXPECT_EQ(text.substr(0, text.find("\n\n")),
            "c2sp.org/tlog-proof@v1\n"
            "extra eyJwb3NpdGlvbiI6NX0=\n"
            "index 4\n" +
                to_base64(root_of(Five(), 4)));
}

TEST_F(ProofTest, DoesNotHoldOnceAnythingInItWasChanged) {
  auto changed = proof_of(2);
  changed.entry += ' ';
  EXPECT_EQ(checked(changed), "does not lead from its event to its checkpoint's root");
  changed = proof_of(2);
  changed.index = 3;
  EXPECT_EQ(checked(changed), "does not lead from its event to its checkpoint's root");
  changed = proof_of(2);
  changed.path.pop_back();
  EXPECT_EQ(checked(changed), "has not as many hashes as its index and its checkpoint's size want");
  changed = proof_of(2);
  changed.index = 5;
  EXPECT_EQ(checked(changed), "has not as many hashes as its index and its checkpoint's size want");
  changed = proof_of(2);
  changed.checkpoint.note.text += "more\n";
  EXPECT_EQ(checked(changed), "has a checkpoint that bears a signature of log.example.org that is wrong");
}

TEST_F(ProofTest, DoesNotHoldWithAnotherLogsKey) {
  auto other = NoteSigner::generate("log.example.org", NoteKeyType::ed25519);
  EXPECT_EQ(check(proof_of(1), other.verifier()).error(),
            "has a checkpoint that is not signed by log.example.org");
}

TEST_F(ProofTest, DoesNotHoldForACheckpointOfAnotherLogThatTheKeySigned) {
  auto proof = proof_of(1);
  proof.checkpoint.checkpoint.origin = "other.example.org";
  proof.checkpoint.note.text = text_of(proof.checkpoint.checkpoint);
  proof.checkpoint.note.signatures = {log.sign(proof.checkpoint.note.text, 0)};
  EXPECT_EQ(checked(proof), "is of the log other.example.org, not of log.example.org");
}

TEST_F(ProofTest, RefusesWhatIsNone) {
  auto good = to_string(proof_of(2));
  auto without = [&](const std::string& text) {
    auto at = good.find(text);
    return good.substr(0, at) + good.substr(at + text.size());
  };
  for (const auto& text :
       {std::string(), good.substr(0, 30), without("@v1"), without("extra "), without("index 2\n"),
        without("\n\n"), good.substr(0, good.size() - 3), std::string(100'000, '\n')})
    EXPECT_FALSE(parse_proof(text)) << text;
}

TEST(Checkpoint, IsReadAsItIsWritten) {
  Checkpoint checkpoint{"log.example.org/one", 20852163, leaf_hash("x")};
  auto key = NoteSigner::generate("k", NoteKeyType::ed25519);
  auto text = text_of(checkpoint);
  auto read = parse_checkpoint(security::to_string(security::SignedNote{text, {key.sign(text, 0)}}));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->checkpoint, checkpoint);
}

TEST(Checkpoint, RefusesWhatIsNone) {
  auto key = NoteSigner::generate("k", NoteKeyType::ed25519);
  auto root = to_base64(leaf_hash("x"));
  for (const auto& text : {"\n1\n" + root + "\n", "a\n01\n" + root + "\n", "a\n-1\n" + root + "\n",
                           "a\n1\n" + root.substr(4) + "\n", std::string("a\n1\n"),
                           "a\n18446744073709551616\n" + root + "\n", std::string("a\n")})
    EXPECT_FALSE(parse_checkpoint(security::to_string(security::SignedNote{text, {key.sign(text, 0)}})))
        << text;
}

}  // namespace
}  // namespace byline::transparency
