#include "engine/reader.hpp"

#include "projections/audit.hpp"
#include "projections/key.hpp"
#include "projections/records.hpp"

namespace byline {

std::optional<OrganizationRow> find_organization(const Reader& reader, const OrganizationId& id) {
  auto row = reader.get(View::organizations, organization_key(id));
  return row ? std::optional(parse_organization_row(*row)) : std::nullopt;
}

std::optional<AccountRow> find_account(const Reader& reader, const OrganizationId& organization,
                                       const AccountId& id) {
  auto row = reader.get(View::accounts, account_key(organization, id));
  return row ? std::optional(parse_account_row(*row)) : std::nullopt;
}

std::optional<RoleRow> find_role(const Reader& reader, const OrganizationId& organization, const RoleId& id) {
  auto row = reader.get(View::roles, role_key(organization, id));
  return row ? std::optional(parse_role_row(*row)) : std::nullopt;
}

std::optional<ApplicationRow> find_application(const Reader& reader, const OrganizationId& organization,
                                               const AccountId& id) {
  auto row = reader.get(View::applications, application_key(organization, id));
  return row ? std::optional(parse_application_row(*row)) : std::nullopt;
}

std::optional<std::string> find_record(const Reader& reader, const OrganizationId& organization,
                                       std::string_view collection, const RecordId& id) {
  return reader.get(View::records, record_key(organization, collection, id));
}

std::optional<AccessRow> find_access(const Reader& reader, const OrganizationId& organization,
                                     const RecordId& id) {
  auto row = reader.get(View::access, access_key(organization, id));
  return row ? std::optional(parse_access_row(*row)) : std::nullopt;
}

std::optional<TeamRow> find_team(const Reader& reader, const OrganizationId& organization, const TeamId& id) {
  auto row = reader.get(View::teams, team_key(organization, id));
  return row ? std::optional(parse_team_row(*row)) : std::nullopt;
}

std::vector<TeamId> teams_of(const Reader& reader, const OrganizationId& organization,
                             const AccountId& account) {
  auto row = reader.get(View::teams, membership_key(organization, account));
  return row ? parse_membership_row(*row).teams : std::vector<TeamId>();
}

std::optional<CollectionRow> find_own_collection(const Reader& reader, const OrganizationId& organization,
                                                 const CollectionId& id) {
  auto row = reader.get(View::collections, collection_row_key(organization, id));
  return row ? std::optional(parse_collection_row(*row)) : std::nullopt;
}

std::optional<CollectionId> own_collection_at(const Reader& reader, const OrganizationId& organization,
                                              std::string_view key) {
  auto row = reader.get(View::collections, collection_address_key(organization, key));
  return row ? std::optional(id_from_bytes<CollectionId>(*row)) : std::nullopt;
}

std::optional<Byline> find_byline(const Reader& reader, const Subject& subject) {
  auto row = reader.get(View::bylines, byline_key(subject));
  return row ? std::optional(parse_byline(*row)) : std::nullopt;
}

std::optional<CredentialRow> find_credential(const Reader& reader, const AccountId& account,
                                             const CredentialId& id) {
  auto row = reader.get(View::credentials, credential_key(account, id));
  return row ? std::optional(parse_credential_row(*row)) : std::nullopt;
}

std::optional<OrganizationId> find_home(const Reader& reader, const AccountId& account) {
  auto cursor = reader.scan(View::credentials, credential_prefix(account), {}, Direction::forward);
  return cursor->valid() ? std::optional(parse_credential_row(cursor->value()).organization) : std::nullopt;
}

namespace {

std::optional<FoundCredential> find_presented(const Reader& reader, const std::string& index_key) {
  auto key = reader.get(View::credentials, index_key);
  auto row = key ? reader.get(View::credentials, *key) : std::nullopt;
  if (!row) return std::nullopt;
  auto id = id_from_bytes<CredentialId>(std::string_view(*key).substr(key->size() - sizeof(CredentialId)));
  return FoundCredential{id, parse_credential_row(*row)};
}

}  // namespace

std::optional<FoundCredential> find_token(const Reader& reader, std::string_view digest_hex) {
  return find_presented(reader, token_key(digest_hex));
}

std::optional<FoundCredential> find_external_identity(const Reader& reader, std::string_view issuer,
                                                      std::string_view name) {
  return find_presented(reader, external_identity_key(issuer, name));
}

std::optional<FoundAccount> find_account_by_email(const Reader& reader, std::string_view email_key) {
  auto key = reader.get(View::accounts, email_index_key(email_key));
  auto row = key ? reader.get(View::accounts, *key) : std::nullopt;
  if (!row) return std::nullopt;
  auto ids = std::string_view(*key).substr(key->size() - sizeof(OrganizationId) - sizeof(AccountId));
  return FoundAccount{id_from_bytes<OrganizationId>(ids),
                      id_from_bytes<AccountId>(ids.substr(sizeof(OrganizationId))), parse_account_row(*row)};
}

std::vector<FoundCredential> live_credentials(const Reader& reader, const AccountId& account) {
  auto prefix = live_credential_prefix(account);
  std::vector<FoundCredential> found;
  auto cursor = reader.scan(View::credentials, prefix, {}, Direction::forward);
  for (; cursor->valid(); cursor->next()) {
    auto id = id_from_bytes<CredentialId>(cursor->key().substr(prefix.size()));
    if (auto row = find_credential(reader, account, id)) found.push_back({id, std::move(*row)});
  }
  return found;
}

std::optional<FoundCredential> find_credential_of_kind(const Reader& reader, const AccountId& account,
                                                       CredentialKind kind, Time now) {
  for (auto& found : live_credentials(reader, account)) {
    if (found.row.kind == kind && !found.row.is_over(now)) return std::move(found);
  }
  return std::nullopt;
}

std::optional<FoundCredential> find_client_secret(const Reader& reader, const AccountId& client,
                                                  std::string_view digest_hex) {
  return find_presented(reader, client_secret_key(client, digest_hex));
}

std::optional<LogEntry> find_last_entry(const Reader& reader, const OrganizationId& organization,
                                        const Subject& subject) {
  if (auto fresh = reader.unindexed_entry_of(subject)) return fresh;
  auto prefix = audit_subject_prefix(organization, subject.id_view());
  // What was seen of an account or credential has the same id.
  for (auto row = reader.scan(View::audit, prefix, {}, Direction::backward); row->valid(); row->next()) {
    auto found = reader.entry(position_at_end(row->key()));
    if (found && found->subject == subject) return found;
  }
  return std::nullopt;
}
bool is_revoked(const Reader& reader, const TokenId& token) {
  return reader.get(View::credentials, revoked_token_key(token)).has_value();
}

std::vector<std::pair<SigningKeyId, SigningKeyRow>> signing_keys(const Reader& reader) {
  std::vector<std::pair<SigningKeyId, SigningKeyRow>> keys;
  auto cursor = reader.scan(View::signing_keys, {}, {}, Direction::forward);
  for (; cursor->valid(); cursor->next())
    keys.emplace_back(id_from_bytes<SigningKeyId>(cursor->key()), parse_signing_key_row(cursor->value()));
  return keys;
}

std::optional<CheckpointKeyRow> find_checkpoint_key(const Reader& reader) {
  auto newest = reader.scan(View::checkpoint_keys, {}, {}, Direction::backward);
  if (!newest->valid()) return std::nullopt;
  return parse_checkpoint_key_row(newest->value());
}

std::optional<AccountId> find_lookalike(const Reader& reader, const OrganizationId& organization,
                                        std::string_view name, const AccountId& self) {
  auto prefix = lookalike_prefix(organization, name);
  auto cursor = reader.scan(View::applications, prefix, {}, Direction::forward);
  for (; cursor->valid(); cursor->next()) {
    auto id = id_from_bytes<AccountId>(cursor->key().substr(prefix.size()));
    if (id != self) return id;
  }
  return std::nullopt;
}

}  // namespace byline
