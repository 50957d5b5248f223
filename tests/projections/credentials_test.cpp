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
};

TEST_F(CredentialsView, TheSecretsOfAnApplicationAreFoundByItsId) {
  given(credential(51), ClientSecretIssued{kImport, "digest-1", "aaaa"});
  given(credential(52), ClientSecretIssued{kImport, "digest-2", "bbbb"});
  given(credential(53), ClientSecretIssued{kExport, "digest-3", "cccc"});
  auto of_import = rests(client_secret_prefix(kImport));
  ASSERT_EQ(of_import.size(), 2U);
  auto first = parse_credential_row(*row(client_secret_prefix(kImport) + of_import[0]));
  EXPECT_EQ(first.id, id_of<CredentialId>(51));
  EXPECT_EQ(first.organization, kHarbor);
  EXPECT_EQ(first.account, kImport);
  EXPECT_EQ(first.digest, "digest-1");
  EXPECT_EQ(first.hint, "aaaa");
  EXPECT_FALSE(first.label);
}

TEST_F(CredentialsView, AnAccessTokenIsFoundByItsDigest) {
  given(credential(51), AccessTokenIssued{kAda, "First sign-in", "digest", "wxyz"});
  auto bytes = row(access_token_key("digest"));
  ASSERT_TRUE(bytes);
  auto token = parse_credential_row(*bytes);
  EXPECT_EQ(token.account, kAda);
  EXPECT_EQ(token.organization, kHarbor);
  EXPECT_EQ(token.label, "First sign-in");
  EXPECT_FALSE(row(access_token_key("diges")));
  EXPECT_TRUE(rests(client_secret_prefix(kAda)).empty()) << "a token is no client secret";
}

TEST_F(CredentialsView, WhatTellsOfOthersLeavesNoRow) {
  given(kImportSubject, registered("Import"));
  given(kAdaSubject, UserCreated{"Ada", "a@example.org", "a@example.org", {}});
  EXPECT_TRUE(rows().empty());
}

}  // namespace
}  // namespace byline::test
