#include "projections/collections.hpp"

#include "projections/key.hpp"
#include "projections/row.hpp"

namespace byline {

// C: rows; K: ids by address.

std::string collection_prefix(const OrganizationId& organization) { return make_key('C', organization); }
std::string collection_row_key(const OrganizationId& organization, const CollectionId& id) {
  return make_key('C', organization, id);
}
std::string collection_address_key(const OrganizationId& organization, std::string_view key) {
  return make_key('K', organization, key);
}
CollectionRow parse_collection_row(std::string_view bytes) { return parse_row<CollectionRow>(bytes); }

void CollectionsProjection::apply(const LogEntry& entry, Rows& rows) const {
  if (entry.subject.kind != SubjectKind::collection) return;
  auto id = entry.subject.as<CollectionId>();
  auto key = collection_row_key(entry.organization, id);
  auto address = [&entry](const auto& row) {
    return collection_address_key(entry.organization, row.service + "/" + row.name);
  };
  if (auto* created = std::get_if<CollectionCreated>(&entry.event)) {
    rows.put(key, write_row(
                      CollectionRow{created->service, created->name, created->permissions, created->schema}));
    rows.put(address(*created), std::string(id.view()));
  } else if (auto* required = std::get_if<CollectionPermissionsChanged>(&entry.event)) {
    update_row<CollectionRow>(rows, key, [&](auto& row) { row.permissions = required->permissions; });
  } else if (auto* shaped = std::get_if<CollectionSchemaChanged>(&entry.event)) {
    update_row<CollectionRow>(rows, key, [&](auto& row) { row.schema = shaped->schema; });
  } else if (std::holds_alternative<CollectionDeleted>(entry.event)) {
    rows.erase(address(parse_collection_row(rows.get(key).value())));
    rows.erase(key);
  }
}

}  // namespace byline
