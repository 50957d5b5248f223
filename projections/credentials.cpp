#include "projections/credentials.hpp"

#include "projections/key.hpp"
#include "projections/row.hpp"

namespace byline {

// S: client secrets by account; T: access tokens by digest. An account that is deleted or not active cannot
// use them, which is asked of the account.

std::string client_secret_prefix(const AccountId& account) { return make_key('S', account); }
std::string access_token_key(std::string_view digest_hex) { return make_key('T', digest_hex); }
CredentialRow parse_credential_row(std::string_view bytes) { return parse_row<CredentialRow>(bytes); }

void CredentialsProjection::apply(const LogEntry& entry, Rows& rows) const {
  if (entry.subject.kind != SubjectKind::credential) return;
  auto id = entry.subject.as<CredentialId>();
  if (auto* secret = std::get_if<ClientSecretIssued>(&entry.event)) {
    rows.put(
        make_key('S', secret->account, id),
        write_row(CredentialRow{id, entry.organization, secret->account, secret->digest, secret->hint, {}}));
  } else if (auto* token = std::get_if<AccessTokenIssued>(&entry.event)) {
    rows.put(access_token_key(token->digest),
             write_row(CredentialRow{id, entry.organization, token->account, token->digest, token->hint,
                                     token->label}));
  }
}

}  // namespace byline
