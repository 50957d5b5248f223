#include "projections/checkpoint_keys.hpp"

#include "projections/key.hpp"
#include "view_fixture.hpp"

namespace byline::test {
namespace {

class CheckpointKeysView : public ViewFixture {
 protected:
  CheckpointKeysView() : ViewFixture(View::checkpoint_keys) {}
};

TEST_F(CheckpointKeysView, EveryKeyStaysAndTheNewestIsTheLast) {
  const auto older = id_of<SigningKeyId>(71), newer = id_of<SigningKeyId>(72);
  given({SubjectKind::signing_key, older}, CheckpointKeyCreated{"log+1+a", "sealed a"});
  given({SubjectKind::signing_key, newer}, CheckpointKeyCreated{"log+2+b", "sealed b"});
  ASSERT_EQ(rows().size(), 2U);
  auto last = parse_checkpoint_key_row(rows().rbegin()->second);
  EXPECT_EQ(last.verifier_key, "log+2+b");
  EXPECT_EQ(last.sealed_key, "sealed b");
  EXPECT_EQ(last.created_at, at(2));
  EXPECT_EQ(parse_checkpoint_key_row(row(make_key(older)).value()).verifier_key, "log+1+a");
}

TEST_F(CheckpointKeysView, KeysForTokensAreNoneOfThese) {
  given({SubjectKind::signing_key, id_of<SigningKeyId>(73)}, SigningKeyCreated{});
  EXPECT_TRUE(rows().empty());
}

}  // namespace
}  // namespace byline::test
