#include "projections/records.hpp"

#include <unordered_map>

#include "events/json_members.hpp"
#include "projections/key.hpp"

namespace byline {

std::string record_prefix(const OrganizationId& organization, std::string_view collection) {
  return make_key(organization, collection, '\0');
}
std::string record_key(const OrganizationId& organization, std::string_view collection, const RecordId& id) {
  return make_key(organization, collection, '\0', id);
}

MergedAttributes merge_attributes(std::string_view current, std::string_view changes) {
  auto members = split_members(current);
  std::unordered_map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < members.size(); ++i) places.emplace(members[i].first, i);
  JsonMembers changed;
  for (auto& [name, value] : split_members(changes)) {
    auto [place, fresh] = places.try_emplace(name, members.size());
    if (fresh) {
      members.emplace_back(name, value);
    } else if (members[place->second].second == value) {
      continue;
    } else {
      members[place->second].second = value;
    }
    changed.emplace_back(std::move(name), std::move(value));
  }
  return {join_members(members), join_members(changed)};
}

void RecordsProjection::apply(const LogEntry& entry, Rows& rows) const {
  auto key = [&entry](std::string_view collection) {
    return record_key(entry.organization, collection, entry.subject.as<RecordId>());
  };
  if (auto* created = std::get_if<RecordCreated>(&entry.event)) {
    rows.put(key(created->collection), created->attributes.text);
  } else if (auto* updated = std::get_if<RecordUpdated>(&entry.event)) {
    auto current = rows.get(key(updated->collection));
    rows.put(key(updated->collection), merge_attributes(current.value(), updated->attributes.text).merged);
  } else if (auto* deleted = std::get_if<RecordDeleted>(&entry.event)) {
    rows.erase(key(deleted->collection));
  }
}

}  // namespace byline
