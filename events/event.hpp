#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "events/account_use.hpp"
#include "events/application.hpp"
#include "events/checkpoint_key.hpp"
#include "events/collection.hpp"
#include "events/credential.hpp"
#include "events/credential_use.hpp"
#include "events/id.hpp"
#include "events/organization.hpp"
#include "events/personal.hpp"
#include "events/projection.hpp"
#include "events/record.hpp"
#include "events/role.hpp"
#include "events/sign_in.hpp"
#include "events/signing_key.hpp"
#include "events/subject.hpp"
#include "events/team.hpp"
#include "events/time.hpp"
#include "events/token.hpp"
#include "events/user.hpp"

namespace byline {

/// Every fact that can ever be in the log.
using Event = std::variant<
    OrganizationCreated, OrganizationRenamed, OrganizationPlanChanged, UserCreated, UserRenamed,
    UserEmailChanged, UserRolesChanged, UserDeactivated, UserReactivated, UserDeleted, RoleCreated,
    RoleRenamed, RolePermissionsChanged, RoleDeleted, ApplicationRegistered, ApplicationRenamed,
    ApplicationEmailChanged, ApplicationRolesChanged, ApplicationUrlChanged, ApplicationDescriptionChanged,
    ApplicationDeactivated, ApplicationReactivated, ApplicationDeleted, ClientSecretIssued, AccessTokenIssued,
    RecordCreated, RecordUpdated, RecordAssigned, RecordAccessListChanged, RecordDeleted, TeamCreated,
    TeamRenamed, TeamMembersChanged, TeamDeleted, CollectionCreated, CollectionPermissionsChanged,
    CollectionSchemaChanged, CollectionDeleted, OrganizationSecretAgeChanged, ApplicationOwnerChanged,
    ApplicationTagsChanged, ApplicationExpiryChanged, ApplicationNetworksChanged,
    ApplicationTokenLifetimeChanged, ApplicationRateLimitChanged, ApplicationExpired, PublicKeyRegistered,
    KeySetRegistered, CredentialRelabelled, CredentialExpiryChanged, CredentialRevoked, CredentialUsed,
    EndedCredentialPresented, TokenRevoked, SigningKeyCreated, SigningKeyRevoked, AuthenticationsFailed,
    CertificateRegistered, CertificateNameRegistered, InitialAccessTokenIssued, RegistrationAccessTokenIssued,
    PasswordSet, TotpRegistered, SessionStarted, SignInLinkIssued, ExternalIdentityLinked,
    CheckpointKeyCreated, UserErased, ApplicationErased, RecordErased, CredentialErased, AccessRefused,
    TokensIssued, RebuildStarted, RebuildFinished, RebuildCancelled, RebuildFailed, ProjectionStalled,
    ProjectionVerified>;

std::string_view type_name(const Event& event);
/// After it the personal data of whom it is about can be read nowhere in the log.
inline bool erases_data(const Event& event) {
  return std::holds_alternative<UserErased>(event) || std::holds_alternative<ApplicationErased>(event) ||
         std::holds_alternative<RecordErased>(event);
}

/// Where an event stands in the log: 1, 2, 3 … without gaps. 0 stands before the first.
struct Position {
  std::uint64_t value = 0;
  friend bool operator==(const Position&, const Position&) = default;
  friend auto operator<=>(const Position&, const Position&) = default;
};

/// How many events a subject has: the version that `ETag` and `If-Match` speak of.
struct Version {
  std::uint32_t value = 0;
  friend bool operator==(const Version&, const Version&) = default;
  friend auto operator<=>(const Version&, const Version&) = default;
};

/// The events that one command wrote. They became durable together or not at all.
struct Commit {
  Position first;
  std::uint32_t count = 1;
  friend bool operator==(const Commit&, const Commit&) = default;
};

/// One entry of the log: the fact and its circumstances.
struct LogEntry {
  Position position;
  Commit commit;
  EventId id;
  Subject subject;
  Version version;  ///< the subject's, after this event
  OrganizationId organization;
  AccountId actor;
  Time at;
  CommandId command;
  std::string
      correlation;  ///< the trace-id of W3C Trace Context, 32 hex characters; empty where there was none
  std::optional<EventId> causation;        ///< the event that led to the command, where one did
  std::optional<CredentialId> credential;  ///< what the actor proved itself with, where it needed to
  Event event;
  SealState seal = SealState::open;  ///< whether the event's personal fields could be read

  friend bool operator==(const LogEntry&, const LogEntry&) = default;
};

}  // namespace byline
