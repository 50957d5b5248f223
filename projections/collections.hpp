#pragma once

#include <optional>
#include <string>

#include "events/collection.hpp"
#include "projections/projection.hpp"

namespace byline {

/// A collection that an organization added to the default ones.
struct CollectionRow {
  std::string service;
  std::string name;
  RequiredPermissions permissions;
  std::optional<JsonText> schema;

  static void fields(auto& self, auto&& field) {
    field("service", self.service);
    field("name", self.name);
    field("permissions", self.permissions);
    field("schema", self.schema);
  }
};

std::string collection_prefix(const OrganizationId& organization);
std::string collection_row_key(const OrganizationId& organization, const CollectionId& id);
/// An entry of the index by address, whose value is the collection's id: sixteen bytes.
std::string collection_address_key(const OrganizationId& organization, std::string_view key);
CollectionRow parse_collection_row(std::string_view bytes);

class CollectionsProjection final : public Projection {
 public:
  View view() const override { return View::collections; }
  int version() const override { return 2; }
  int oldest_that_fits() const override { return 1; }
  void apply(const LogEntry& entry, Rows& rows) const override;
};

}  // namespace byline
