#include "projections/projection.hpp"

#include <algorithm>
#include <array>

#include "projections/accounts.hpp"
#include "projections/applications.hpp"
#include "projections/audit.hpp"
#include "projections/bylines.hpp"
#include "projections/credentials.hpp"
#include "projections/organizations.hpp"
#include "projections/records.hpp"
#include "projections/roles.hpp"

namespace byline {
namespace {

constexpr std::array<std::string_view, kViewCount> kNames = {
    "organizations", "accounts", "roles", "applications", "credentials", "records", "bylines", "audit"};

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
  static const BylinesProjection bylines;
  static const AuditProjection audit;
  static const std::array<const Projection*, kViewCount> all = {
      &organizations, &accounts, &roles, &applications, &credentials, &records, &bylines, &audit};
  return all;
}

}  // namespace byline
