#include "projections/credentials.hpp"

#include "view_fixture.hpp"

namespace byline::test {
namespace {

class CredentialsView : public ViewFixture {
 protected:
  CredentialsView() : ViewFixture(View::credentials) {}
  static Subject credential(std::uint8_t number) {
    return {SubjectKind::credential, id_of<CredentialId>(number)};
  }
  CredentialRow of(const AccountId& account, std::uint8_t number) {
    return parse_credential_row(row(credential_key(account, id_of<CredentialId>(number))).value());
  }
};

TEST_F(CredentialsView, AnApplicationsCredentialsAreFoundByItsId) {
  given(credential(51), ClientSecretIssued{kImport, "digest-1", "aaaa"});
  given(credential(52), ClientSecretIssued{kImport, "digest-2", "bbbb", "Cron", Time{7}, {}});
  given(credential(53), ClientSecretIssued{kExport, "digest-3", "cccc"});
  given(credential(54), PublicKeyRegistered{kImport, {R"({"kty":"OKP"})"}, "thumb", {}, {}});
  given(credential(55), KeySetRegistered{kImport, "https://import.example.org/jwks", {}, {}});
  EXPECT_EQ(rests(credential_prefix(kImport)).size(), 4U);
  auto first = of(kImport, 51);
  EXPECT_EQ(first.organization, kHarbor);
  EXPECT_EQ(first.account, kImport);
  EXPECT_EQ(first.kind, CredentialKind::client_secret);
  EXPECT_EQ(first.digest, "digest-1");
  EXPECT_EQ(first.hint, "aaaa");
  EXPECT_FALSE(first.label);
  EXPECT_EQ(of(kImport, 52).label, "Cron");
  EXPECT_EQ(of(kImport, 52).expires_at, Time{7});
  EXPECT_EQ(of(kImport, 54).key->text, R"({"kty":"OKP"})");
  EXPECT_EQ(of(kImport, 55).url, "https://import.example.org/jwks");
}

TEST_F(CredentialsView, ASecretIsFoundByItsClientAndDigest) {
  given(credential(51), ClientSecretIssued{kImport, "digest-1", "aaaa"});
  EXPECT_EQ(row(client_secret_key(kImport, "digest-1")), credential_key(kImport, id_of<CredentialId>(51)));
  EXPECT_FALSE(row(client_secret_key(kExport, "digest-1"))) << "another client's";
}

TEST_F(CredentialsView, AnAccessTokenIsFoundByItsDigest) {
  given(credential(51), AccessTokenIssued{kAda, "First sign-in", "digest", "wxyz"});
  EXPECT_EQ(row(token_key("digest")), credential_key(kAda, id_of<CredentialId>(51)));
  auto token = of(kAda, 51);
  EXPECT_EQ(token.kind, CredentialKind::access_token);
  EXPECT_EQ(token.organization, kHarbor);
  EXPECT_EQ(token.label, "First sign-in");
  EXPECT_FALSE(row(token_key("diges")));
  EXPECT_FALSE(row(client_secret_key(kAda, "digest"))) << "a token is no client secret";
}

TEST_F(CredentialsView, ChangesAndTheEndAreFolded) {
  given(credential(51), ClientSecretIssued{kImport, "digest-1", "aaaa"});
  given(credential(51), CredentialRelabelled{kImport, "Cron"});
  given(credential(51), CredentialExpiryChanged{kImport, Time{9}});
  EXPECT_EQ(of(kImport, 51).label, "Cron");
  EXPECT_FALSE(of(kImport, 51).is_over(Time{8}));
  EXPECT_TRUE(of(kImport, 51).is_over(Time{9}));
  given(credential(51), CredentialExpiryChanged{kImport, {}});
  EXPECT_FALSE(of(kImport, 51).is_over(Time{INT64_MAX}));
  given(credential(51), CredentialRevoked{kImport});
  EXPECT_TRUE(of(kImport, 51).is_over(Time{0}));
}

TEST_F(CredentialsView, ASecretKnowsWhatReplacesIt) {
  given(credential(51), ClientSecretIssued{kImport, "digest-1", "aaaa"});
  given(credential(52), ClientSecretIssued{kImport, "digest-2", "bbbb", {}, {}, id_of<CredentialId>(51)});
  EXPECT_EQ(of(kImport, 51).replaced_by, id_of<CredentialId>(52));
  EXPECT_TRUE(of(kImport, 51).replaced_at);
  EXPECT_EQ(of(kImport, 52).replaces, id_of<CredentialId>(51));
}

TEST_F(CredentialsView, WhatWasSeenOfOneIsKept) {
  given(credential(51), ClientSecretIssued{kImport, "digest-1", "aaaa"});
  Subject use{SubjectKind::credential_use, id_of<CredentialId>(51)};
  given(use, CredentialUsed{kImport, Time{5}, "192.0.2.1", 3});
  given(use, EndedCredentialPresented{kImport, Time{6}, "192.0.2.2", 2});
  given(use, EndedCredentialPresented{kImport, Time{7}, "192.0.2.3", 1});
  auto seen = of(kImport, 51);
  EXPECT_EQ(seen.used_at, Time{5});
  EXPECT_EQ(seen.used_from, "192.0.2.1");
  EXPECT_EQ(seen.refused_at, Time{7});
  EXPECT_EQ(seen.refused_from, "192.0.2.3");
  EXPECT_EQ(seen.refusals, 3U);
}

TEST_F(CredentialsView, ARevokedTokenIsKnownByItsId) {
  auto token = id_of<TokenId>(60);
  EXPECT_FALSE(row(revoked_token_key(token)));
  given({SubjectKind::token, token}, TokenRevoked{kImport, Time{9}});
  EXPECT_TRUE(row(revoked_token_key(token)));
}

TEST_F(CredentialsView, WhatTellsOfOthersLeavesNoRow) {
  given(kImportSubject, registered("Import"));
  given(kAdaSubject, UserCreated{"Ada", "a@example.org", "a@example.org", {}});
  EXPECT_TRUE(rows().empty());
}

}  // namespace
}  // namespace byline::test
