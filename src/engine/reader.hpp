#pragma once

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "events/event.hpp"
#include "projections/access.hpp"
#include "projections/accounts.hpp"
#include "projections/applications.hpp"
#include "projections/bylines.hpp"
#include "projections/checkpoint_keys.hpp"
#include "projections/collections.hpp"
#include "projections/credentials.hpp"
#include "projections/organizations.hpp"
#include "projections/projection.hpp"
#include "projections/roles.hpp"
#include "projections/signing_keys.hpp"
#include "projections/teams.hpp"

namespace byline {

/// Rows of a view whose keys begin with a prefix, in the order of their keys or against it.
class RowCursor {
 public:
  virtual ~RowCursor() = default;
  virtual bool valid() const = 0;
  virtual void next() = 0;
  /// Both valid until `next`.
  virtual std::string_view key() const = 0;
  virtual std::string_view value() const = 0;
};

enum class Direction : std::uint8_t { forward, backward };

/// Thrown where a view's rows cannot be read for the moment: they are being built, or could not be folded
/// further.
class ViewUnavailable : public std::runtime_error {
 public:
  ViewUnavailable(View view, std::string_view name)
      : std::runtime_error("the view " + std::string(name) + " cannot be read at the moment"), view_(view) {}
  View view() const { return view_; }

 private:
  View view_;
};

/// Reads views and log. What a reader sees may move on between two calls, unless it is a snapshot. One thread
/// at a time. Every method throws std::runtime_error when the disk cannot be read, ViewUnavailable when a
/// view cannot.
class Reader {
 public:
  virtual ~Reader() = default;
  virtual std::optional<std::string> get(View view, std::string_view key) const = 0;
  /// From `start` (inclusive; it begins with `prefix`, or is empty for the first or last row), within
  /// `prefix`.
  virtual std::unique_ptr<RowCursor> scan(View view, std::string_view prefix, std::string_view start,
                                          Direction direction) const = 0;
  /// One entry of the log; nullopt where there is none.
  virtual std::optional<LogEntry> entry(Position position) const = 0;
  /// The position up to which everything can be read.
  virtual Position tail() const = 0;
  /// The subject's last entry, where that is not in the audit view's index yet; nullopt else.
  virtual std::optional<LogEntry> unindexed_entry_of([[maybe_unused]] const Subject& subject) const {
    return std::nullopt;
  }
};

// The rows by their meaning. A row and its byline are two reads. Where both are wanted, read the byline
// first: then a change in between shows as an older version with newer content, on which a later `If-Match`
// fails safely, and never the other way round.

std::optional<OrganizationRow> find_organization(const Reader& reader, const OrganizationId& id);
std::optional<AccountRow> find_account(const Reader& reader, const OrganizationId& organization,
                                       const AccountId& id);
std::optional<RoleRow> find_role(const Reader& reader, const OrganizationId& organization, const RoleId& id);
std::optional<ApplicationRow> find_application(const Reader& reader, const OrganizationId& organization,
                                               const AccountId& id);
/// The record's attributes as compact JSON.
std::optional<std::string> find_record(const Reader& reader, const OrganizationId& organization,
                                       std::string_view collection, const RecordId& id);
std::optional<AccessRow> find_access(const Reader& reader, const OrganizationId& organization,
                                     const RecordId& id);
std::optional<TeamRow> find_team(const Reader& reader, const OrganizationId& organization, const TeamId& id);
/// The teams that the account is in, sorted.
std::vector<TeamId> teams_of(const Reader& reader, const OrganizationId& organization,
                             const AccountId& account);
/// A collection of the organization's own.
std::optional<CollectionRow> find_own_collection(const Reader& reader, const OrganizationId& organization,
                                                 const CollectionId& id);
/// The same by its address, `service/name`.
std::optional<CollectionId> own_collection_at(const Reader& reader, const OrganizationId& organization,
                                              std::string_view key);
std::optional<Byline> find_byline(const Reader& reader, const Subject& subject);
std::optional<CredentialRow> find_credential(const Reader& reader, const AccountId& account,
                                             const CredentialId& id);
struct FoundCredential {
  CredentialId id;
  CredentialRow row;
};
/// The account whose e-mail address has this key, in whichever organization.
struct FoundAccount {
  OrganizationId organization;
  AccountId id;
  AccountRow row;
};
std::optional<FoundAccount> find_account_by_email(const Reader& reader, std::string_view email_key);
/// The account's credentials that are not revoked, in the order in which they were issued.
std::vector<FoundCredential> live_credentials(const Reader& reader, const AccountId& account);
/// The first of the account's credentials that is of this kind and not over.
std::optional<FoundCredential> find_credential_of_kind(const Reader& reader, const AccountId& account,
                                                       CredentialKind kind, Time now);
/// The organization of an account that has, or had, a credential.
std::optional<OrganizationId> find_home(const Reader& reader, const AccountId& account);
/// The credential that a secret with this digest is, whether or not it is over.
std::optional<FoundCredential> find_token(const Reader& reader, std::string_view digest_hex);
std::optional<FoundCredential> find_external_identity(const Reader& reader, std::string_view issuer,
                                                      std::string_view name);
std::optional<FoundCredential> find_client_secret(const Reader& reader, const AccountId& client,
                                                  std::string_view digest_hex);
/// The last thing that happened to the subject, whether or not it is still there.
std::optional<LogEntry> find_last_entry(const Reader& reader, const OrganizationId& organization,
                                        const Subject& subject);
bool is_revoked(const Reader& reader, const TokenId& token);
std::vector<std::pair<SigningKeyId, SigningKeyRow>> signing_keys(const Reader& reader);
/// The one that checkpoints are signed with.
std::optional<CheckpointKeyRow> find_checkpoint_key(const Reader& reader);
/// The id of an application of the organization, other than `self`, whose name looks the same to a person.
std::optional<AccountId> find_lookalike(const Reader& reader, const OrganizationId& organization,
                                        std::string_view name, const AccountId& self);

}  // namespace byline
