#include "projections/signing_keys.hpp"

#include "projections/key.hpp"
#include "view_fixture.hpp"

namespace byline::test {
namespace {

const auto kFirst = id_of<SigningKeyId>(61);
const auto kSecond = id_of<SigningKeyId>(62);

class SigningKeysView : public ViewFixture {
 protected:
  SigningKeysView() : ViewFixture(View::signing_keys) {}
  void of(const SigningKeyId& id, Event event) { given({SubjectKind::signing_key, id}, std::move(event)); }
  SigningKeyRow key(const SigningKeyId& id) { return parse_signing_key_row(row(make_key(id)).value()); }
};

TEST_F(SigningKeysView, AKeyIsThereFromItsCreationOn) {
  of(kFirst, SigningKeyCreated{SignatureAlgorithm::eddsa, {R"({"kty":"OKP"})"}, "sealed", {5}});
  EXPECT_EQ(key(kFirst).algorithm, SignatureAlgorithm::eddsa);
  EXPECT_EQ(key(kFirst).public_key.text, R"({"kty":"OKP"})");
  EXPECT_EQ(key(kFirst).sealed_key, "sealed");
  EXPECT_EQ(key(kFirst).created_at, at(1));
  EXPECT_EQ(key(kFirst).use_from, Time{5});
  EXPECT_FALSE(key(kFirst).revoked_at);
}

TEST_F(SigningKeysView, ARevocationIsOfThatKeyAlone) {
  of(kFirst, SigningKeyCreated{});
  of(kSecond, SigningKeyCreated{});
  of(kFirst, SigningKeyRevoked{});
  EXPECT_EQ(key(kFirst).revoked_at, at(3));
  EXPECT_FALSE(key(kSecond).revoked_at);
}

TEST_F(SigningKeysView, ARevocationOfAKeyThatIsNotThereStopsTheView) {
  EXPECT_THROW(of(kFirst, SigningKeyRevoked{}), std::exception);
}

TEST_F(SigningKeysView, OtherEventsLeaveNothing) {
  given({SubjectKind::signing_key, kFirst}, CheckpointKeyCreated{"log+1+key", "sealed"});
  given({SubjectKind::application, kImport}, ApplicationDeleted{});
  EXPECT_TRUE(rows().empty());
}

}  // namespace
}  // namespace byline::test
