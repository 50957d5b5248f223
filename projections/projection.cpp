#include "projections/projection.hpp"

#include <algorithm>
#include <array>

#include "projections/access.hpp"
#include "projections/accounts.hpp"
#include "projections/applications.hpp"
#include "projections/audit.hpp"
#include "projections/bylines.hpp"
#include "projections/checkpoint_keys.hpp"
#include "projections/collections.hpp"
#include "projections/credentials.hpp"
#include "projections/organizations.hpp"
#include "projections/records.hpp"
#include "projections/roles.hpp"
#include "projections/signing_keys.hpp"
#include "projections/teams.hpp"

namespace byline {
namespace {

constexpr std::array<std::string_view, kViewCount> kNames = {
    "organizations", "accounts",    "roles",   "applications", "credentials",  "records",        "access",
    "teams",         "collections", "bylines", "audit",        "signing_keys", "checkpoint_keys"};

}  // namespace

std::string_view name_of(View view) { return kNames[static_cast<std::size_t>(view)]; }

std::optional<View> view_named(std::string_view name) {
  auto found = std::ranges::find(kNames, name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<View>(found - kNames.begin());
}

std::span<const Projection* const, kViewCount> projections() {
  static const OrganizationsProjection organizations;
  static const AccountsProjection accounts;
  static const RolesProjection roles;
  static const ApplicationsProjection applications;
  static const CredentialsProjection credentials;
  static const RecordsProjection records;
  static const AccessProjection access;
  static const TeamsProjection teams;
  static const CollectionsProjection own_collections;
  static const BylinesProjection bylines;
  static const AuditProjection audit;
  static const SigningKeysProjection signing_keys;
  static const CheckpointKeysProjection checkpoint_keys;
  static const std::array<const Projection*, kViewCount> all = {
      &organizations, &accounts,        &roles,   &applications, &credentials,  &records,        &access,
      &teams,         &own_collections, &bylines, &audit,        &signing_keys, &checkpoint_keys};
  return all;
}

}  // namespace byline
