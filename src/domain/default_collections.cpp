#include "domain/default_collections.hpp"

#include <algorithm>
#include <vector>

namespace byline {
namespace {

Collection collection(const char* service, const char* name, const std::vector<Area>& areas) {
  return {service, name, collection_key(service, name), {areas, areas, areas, areas}};
}

}  // namespace

std::string collection_key(std::string_view service, std::string_view name) {
  return std::string(service) + "/" + std::string(name);
}

std::span<const Collection> default_collections() {
  using enum Area;
  static const std::vector<Collection> all = {
      collection("people", "people", {people}),
      collection("cases", "cases", {engage, people}),
      collection("intake", "reports", {intake}),
      collection("providers", "providers", {provider_management}),
      collection("services", "services", {engage}),
      collection("attachments", "notes", {people}),
  };
  return all;
}

const Collection* find_default_collection(std::string_view key) {
  auto all = default_collections();
  auto found = std::ranges::find(all, key, &Collection::key);
  return found == all.end() ? nullptr : &*found;
}

Level level_in(const Collection& collection, Operation operation, const PermissionMatrix& access) {
  Level level = Level::all;
  for (Area area : collection.permissions.of(operation)) level = std::min(level, access.at(area, operation));
  return level;
}

}  // namespace byline
