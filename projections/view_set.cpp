#include "projections/view_set.hpp"

#include <algorithm>

#include "projections/access.hpp"
#include "projections/accounts.hpp"
#include "projections/applications.hpp"
#include "projections/audit.hpp"
#include "projections/bylines.hpp"
#include "projections/checkpoint_keys.hpp"
#include "projections/collections.hpp"
#include "projections/credentials.hpp"
#include "projections/declared.hpp"
#include "projections/definition.hpp"
#include "projections/organizations.hpp"
#include "projections/records.hpp"
#include "projections/roles.hpp"
#include "projections/signing_keys.hpp"
#include "projections/teams.hpp"

namespace byline {

ViewSet::ViewSet(std::vector<ProjectionDefinition> defined) {
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
  all_ = {&organizations, &accounts,        &roles,   &applications, &credentials,  &records,        &access,
          &teams,         &own_collections, &bylines, &audit,        &signing_keys, &checkpoint_keys};
  for (auto& definition : defined) {
    auto view = static_cast<View>(all_.size());
    declared_.push_back(std::make_unique<const DeclaredProjection>(view, std::move(definition)));
    all_.push_back(declared_.back().get());
  }
}

ViewSet::ViewSet(std::vector<ProjectionDefinition> defined, const Projection& instead)
    : ViewSet(std::move(defined)) {
  all_.at(static_cast<std::size_t>(instead.view())) = &instead;
}

ViewSet::~ViewSet() = default;

const std::shared_ptr<const ViewSet>& ViewSet::built_in() {
  static const auto set = std::make_shared<const ViewSet>(std::vector<ProjectionDefinition>());
  return set;
}

std::optional<View> ViewSet::named(std::string_view name) const {
  auto found = std::ranges::find(all_, name, &Projection::name);
  if (found == all_.end()) return std::nullopt;
  return (*found)->view();
}

std::vector<std::string> ViewSet::names_of(const std::vector<View>& views) const {
  std::vector<std::string> names;
  names.reserve(views.size());
  for (auto view : views) names.emplace_back(name_of(view));
  return names;
}

std::vector<View> ViewSet::views() const {
  std::vector<View> views;
  views.reserve(size());
  for (const auto* projection : all_) views.push_back(projection->view());
  return views;
}

const DeclaredProjection* ViewSet::declared(View view) const {
  auto place = static_cast<std::size_t>(view);
  return place < kBuiltInViewCount ? nullptr : declared_.at(place - kBuiltInViewCount).get();
}

std::string ViewSet::definitions_json() const {
  std::string text = "[";
  for (const auto& projection : declared_)
    text.append(text.size() > 1 ? "," : "").append(projection->definition().json);
  return text + "]";
}

}  // namespace byline
