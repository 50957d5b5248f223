#include "projections/credentials.hpp"

#include "projections/key.hpp"
#include "projections/row.hpp"

namespace byline {
namespace {

// C: rows, by account; S: client secrets by account and digest; T: access tokens by digest; X: revoked
// tokens. An account that is deleted or not active cannot use them, which is asked of the account.
struct Fold {
  const LogEntry& entry;
  Rows& rows;

  void operator()(const ClientSecretIssued& event) const {
    auto row = opened(event, CredentialKind::client_secret);
    row.digest = event.digest;
    row.hint = event.hint;
    row.replaces = event.replaces;
    put(row);
    rows.put(client_secret_key(event.account, event.digest), key(event.account));
    if (!event.replaces) return;
    update_row<CredentialRow>(rows, credential_key(event.account, *event.replaces),
                              [&](CredentialRow& replaced) {
                                replaced.replaced_by = id();
                                replaced.replaced_at = entry.at;
                              });
  }
  void operator()(const AccessTokenIssued& event) const {
    auto row = opened(event, CredentialKind::access_token);
    row.digest = event.digest;
    row.hint = event.hint;
    put(row);
    rows.put(access_token_key(event.digest), key(event.account));
  }
  void operator()(const PublicKeyRegistered& event) const {
    auto row = opened(event, CredentialKind::public_key);
    row.key = event.key;
    row.thumbprint = event.thumbprint;
    put(row);
  }
  void operator()(const KeySetRegistered& event) const {
    auto row = opened(event, CredentialKind::key_set);
    row.url = event.url;
    put(row);
  }
  void operator()(const CredentialRelabelled& event) const {
    update(event.account, [&](CredentialRow& row) { row.label = event.label; });
  }
  void operator()(const CredentialExpiryChanged& event) const {
    update(event.account, [&](CredentialRow& row) { row.expires_at = event.expires_at; });
  }
  void operator()(const CredentialRevoked& event) const {
    update(event.account, [&](CredentialRow& row) { row.revoked_at = entry.at; });
  }

  void operator()(const CredentialUsed& event) const {
    update(event.account, [&](CredentialRow& row) {
      row.used_at = event.used_at;
      row.used_from = event.used_from;
    });
  }
  void operator()(const EndedCredentialPresented& event) const {
    update(event.account, [&](CredentialRow& row) {
      row.refused_at = event.presented_at;
      row.refused_from = event.presented_from;
      row.refusals += event.attempts;
    });
  }

  void operator()(const TokenRevoked& event) const {
    rows.put(revoked_token_key(entry.subject.as<TokenId>()), to_string(event.expires_at));
  }

  void operator()(const AboutOther<SubjectKind::credential, SubjectKind::credential_use,
                                   SubjectKind::token> auto&) const {}

 private:
  CredentialId id() const { return entry.subject.as<CredentialId>(); }
  std::string key(const AccountId& account) const { return credential_key(account, id()); }
  CredentialRow opened(const auto& event, CredentialKind kind) const {
    CredentialRow row;
    row.organization = entry.organization;
    row.account = event.account;
    row.kind = kind;
    row.label = event.label;
    row.expires_at = event.expires_at;
    return row;
  }
  void put(const CredentialRow& row) const { rows.put(key(row.account), write_row(row)); }
  template <class Change>
  void update(const AccountId& account, Change&& change) const {
    update_row<CredentialRow>(rows, key(account), change);
  }
};

}  // namespace

std::string credential_prefix(const AccountId& account) { return make_key('C', account); }
std::string credential_key(const AccountId& account, const CredentialId& id) {
  return make_key('C', account, id);
}
std::string access_token_key(std::string_view digest_hex) { return make_key('T', digest_hex); }
std::string client_secret_key(const AccountId& account, std::string_view digest_hex) {
  return make_key('S', account, digest_hex);
}
std::string revoked_token_key(const TokenId& id) { return make_key('X', id); }
CredentialRow parse_credential_row(std::string_view bytes) { return parse_row<CredentialRow>(bytes); }

void CredentialsProjection::apply(const LogEntry& entry, Rows& rows) const {
  std::visit(Fold{entry, rows}, entry.event);
}

}  // namespace byline
