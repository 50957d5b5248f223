#include "projections/credentials.hpp"

#include "projections/digest.hpp"
#include "projections/key.hpp"
#include "projections/row.hpp"

namespace byline {
namespace {

// C: rows, by account; L: those of them that are not revoked; S: client secrets by account and digest; T:
// tokens, sessions and links by digest; I: outside identities; X: revoked tokens. An account that is deleted
// or not active cannot use them, which is asked of the account.
struct CredentialFold {
  const LogEntry& entry;
  Rows& rows;

  void operator()(const ClientSecretIssued& event) const {
    auto row = opened(event);
    row.digest = event.digest;
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
  void operator()(const AccessTokenIssued& event) const { put_token(opened(event), event.digest); }
  void operator()(const PublicKeyRegistered& event) const {
    auto row = opened(event);
    row.key = event.key;
    put(row);
  }
  void operator()(const KeySetRegistered& event) const {
    auto row = opened(event);
    row.url = event.url;
    put(row);
  }
  void operator()(const CertificateRegistered& event) const {
    auto row = opened(event);
    row.certificate = event.certificate;
    put(row);
  }
  void operator()(const CertificateNameRegistered& event) const {
    auto row = opened(event);
    row.name_type = event.name_type;
    row.name = event.name;
    put(row);
  }
  void operator()(const InitialAccessTokenIssued& event) const {
    auto row = opened(event);
    row.roles = event.roles;
    row.max_registrations = event.max_registrations;
    put_token(std::move(row), event.digest);
  }
  /// It comes with a registration, by the initial access token that the actor proved itself with.
  void operator()(const RegistrationAccessTokenIssued& event) const {
    put_token(opened(event), event.digest);
    auto used = credential_key(entry.actor, entry.credential.value_or(CredentialId{}));
    if (rows.get(used))
      update_row<CredentialRow>(rows, used, [](CredentialRow& initial) { ++initial.registrations; });
  }
  void operator()(const PasswordSet& event) const {
    auto row = opened(event);
    row.sealed = event.sealed_hash;
    put(row);
  }
  void operator()(const TotpRegistered& event) const {
    auto row = opened(event);
    row.sealed = event.sealed_secret;
    put(row);
  }
  void operator()(const SessionStarted& event) const {
    auto row = opened(event);
    row.means = event.means;
    row.from = event.from;
    row.agent = event.agent;
    put_token(std::move(row), event.digest);
  }
  void operator()(const SignInLinkIssued& event) const { put_token(opened(event), event.digest); }
  void operator()(const ExternalIdentityLinked& event) const {
    auto row = opened(event);
    row.issuer = event.issuer;
    row.name = event.name;
    put(row);
    rows.put(external_identity_key(event.issuer, event.name), key(event.account));
  }
  void operator()(const CredentialRelabelled& event) const {
    update(event.account, [&](CredentialRow& row) { row.label = event.label; });
  }
  void operator()(const CredentialExpiryChanged& event) const {
    update(event.account, [&](CredentialRow& row) { row.expires_at = event.expires_at; });
  }
  void operator()(const CredentialRevoked& event) const {
    auto row = parse_row<CredentialRow>(rows.get(key(event.account)).value());
    rows.erase(live_credential_prefix(event.account) + std::string(id().view()));
    if (!is_of_sign_in(row.kind)) {
      row.revoked_at = entry.at;
      return put(row);
    }
    if (row.digest) rows.erase(token_key(*row.digest));
    if (row.issuer) rows.erase(external_identity_key(*row.issuer, row.name.value()));
    rows.erase(key(event.account));
  }

  void operator()(const CredentialErased& event) const {
    auto bytes = rows.get(key(event.account));
    if (!bytes) return;
    auto row = parse_row<CredentialRow>(*bytes);
    rows.erase(live_credential_prefix(event.account) + std::string(id().view()));
    if (row.digest) rows.erase(token_key(*row.digest));
    if (row.digest) rows.erase(client_secret_key(event.account, *row.digest));
    if (row.issuer) rows.erase(external_identity_key(*row.issuer, row.name.value_or("")));
    rows.erase(key(event.account));
  }

  void operator()(const CredentialUsed& event) const {
    update_if_there(event.account, [&](CredentialRow& row) {
      row.used_at = event.used_at;
      row.used_from = event.used_from;
    });
  }
  void operator()(const EndedCredentialPresented& event) const {
    update_if_there(event.account, [&](CredentialRow& row) {
      row.refused_at = event.presented_at;
      row.refused_from = event.presented_from;
      row.refusals += event.attempts;
    });
  }

  void operator()(const TokensIssued&) const {}

  void operator()(const TokenRevoked& event) const {
    rows.put(revoked_token_key(entry.subject.as<TokenId>()), to_string(event.expires_at));
  }

  void operator()(const AboutOther<SubjectKind::credential, SubjectKind::credential_use,
                                   SubjectKind::token> auto&) const {}

 private:
  CredentialId id() const { return entry.subject.as<CredentialId>(); }
  std::string key(const AccountId& account) const { return credential_key(account, id()); }
  template <OpensCredential Opening>
  CredentialRow opened(const Opening& event) const {
    CredentialRow row;
    row.organization = entry.organization;
    row.account = event.account;
    row.kind = Opening::kOpens;
    if constexpr (requires { event.hint; }) row.hint = event.hint;
    if constexpr (requires { event.thumbprint; }) row.thumbprint = event.thumbprint;
    if constexpr (requires { event.label; }) row.label = event.label;
    if constexpr (requires { event.expires_at; }) row.expires_at = event.expires_at;
    rows.put(live_credential_prefix(event.account) + std::string(id().view()), {});
    return row;
  }
  void put_token(CredentialRow row, const std::string& digest) const {
    row.digest = digest;
    put(row);
    rows.put(token_key(digest), key(row.account));
  }
  void put(const CredentialRow& row) const { rows.put(key(row.account), write_row(row)); }
  template <class Change>
  void update(const AccountId& account, Change&& change) const {
    update_row<CredentialRow>(rows, key(account), change);
  }
  /// What was seen of a credential may be told after its end.
  template <class Change>
  void update_if_there(const AccountId& account, Change&& change) const {
    if (rows.get(key(account))) update(account, change);
  }
};

}  // namespace

std::string credential_prefix(const AccountId& account) { return make_key('C', account); }
std::string live_credential_prefix(const AccountId& account) { return make_key('L', account); }
std::string credential_key(const AccountId& account, const CredentialId& id) {
  return make_key('C', account, id);
}
std::string token_key(std::string_view digest_hex) { return make_key('T', digest_hex); }
std::string external_identity_key(std::string_view issuer, std::string_view name) {
  return make_key('I', std::string_view(digest_in_key(std::string(issuer) + '\0' + std::string(name))));
}
std::string client_secret_key(const AccountId& account, std::string_view digest_hex) {
  return make_key('S', account, digest_hex);
}
std::string revoked_token_key(const TokenId& id) { return make_key('X', id); }
CredentialRow parse_credential_row(std::string_view bytes) { return parse_row<CredentialRow>(bytes); }

void CredentialsProjection::apply(const LogEntry& entry, Rows& rows) const {
  std::visit(CredentialFold{entry, rows}, entry.event);
}

}  // namespace byline
