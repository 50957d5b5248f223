#include "history/thing.hpp"

#include <algorithm>
#include <array>

#include "engine/access.hpp"
#include "events/about.hpp"
#include "events/json_fields.hpp"
#include "history/row_names.hpp"
#include "projections/key.hpp"
#include "projections/records.hpp"

namespace byline::history {
namespace {

constexpr const char* kErased = "[erased]";
constexpr std::array kSignature = {"created_by", "created_at", "last_updated_by", "last_updated_at",
                                   "version"};

class ThingTeller {
 public:
  ThingTeller(const Reader& reader, const OrganizationId& organization, const Subject& subject)
      : reader_(reader), organization_(organization), subject_(subject) {}

  std::optional<Json> tell() {
    auto byline = find_byline(reader_, subject_);
    if (!byline || !fill()) return std::nullopt;
    thing_["created_by"] = name(byline->created_by);
    thing_["created_at"] = to_string(byline->created_at);
    thing_["last_updated_by"] = name(byline->last_updated_by);
    thing_["last_updated_at"] = to_string(byline->last_updated_at);
    thing_["version"] = byline->version.value;
    return std::move(thing_);
  }

 private:
  /// Whether there is such a thing.
  bool fill() {
    switch (subject_.kind) {
      case SubjectKind::user:
        return fill_account(SubjectKind::user);
      case SubjectKind::application:
        return fill_account(SubjectKind::application) && fill_application();
      case SubjectKind::role:
        return fill_from(find_role(reader_, organization_, subject_.as<RoleId>()));
      case SubjectKind::team:
        return fill_from(find_team(reader_, organization_, subject_.as<TeamId>()));
      case SubjectKind::collection:
        return fill_from(find_own_collection(reader_, organization_, subject_.as<CollectionId>()));
      case SubjectKind::organization:
        return fill_from(find_organization(reader_, subject_.as<OrganizationId>()));
      case SubjectKind::record:
        return fill_record();
      case SubjectKind::credential:
        return fill_credential();
      default:
        return false;
    }
  }

  template <class Id>
  std::string name(const Id& id) const {
    return to_string(id);
  }
  template <class Ids>
  Json names(const Ids& ids) const {
    auto list = Json::array();
    for (const auto& id : ids) list.push_back(name(id));
    return list;
  }
  template <class Value>
  void put(const char* member, const std::optional<Value>& value) {
    if (value) thing_[member] = *value;
  }
  void put_time(const char* member, const std::optional<Time>& time) {
    if (time) thing_[member] = to_string(*time);
  }

  /// A row as it is, with ids by name.
  template <class Row>
  bool fill_from(const std::optional<Row>& row) {
    if (!row) return false;
    thing_ = Json::parse(json_fields::text_of(*row));
    return true;
  }

  bool fill_account(SubjectKind kind) {
    auto row = find_account(reader_, organization_, subject_.as<AccountId>());
    if (!row || row->kind != kind || row->is_gone()) return false;
    // No account is without a name: it was erased.
    if (row->name.empty()) {
      thing_["name"] = kErased;
    } else {
      thing_["name"] = row->name;
      thing_["email"] = row->email;
    }
    thing_["status"] = name_of(row->status);
    thing_["roles"] = names(row->roles);
    return true;
  }

  bool fill_application() {
    auto row = find_application(reader_, organization_, subject_.as<AccountId>());
    if (!row) return false;
    put("url", row->url);
    put("description", row->description);
    if (row->owner) thing_["owner"] = name(*row->owner);
    if (!row->tags.empty()) thing_["tags"] = row->tags;
    put_time("expires_at", row->expires_at);
    if (!row->networks.empty()) thing_["networks"] = row->networks;
    put("token_lifetime", row->token_lifetime);
    put("rate_limit", row->rate_limit);
    return true;
  }

  bool fill_record() {
    auto last = find_last_entry(reader_, organization_, subject_);
    const auto* collection = last ? collection_of(last->event) : nullptr;
    auto id = subject_.as<RecordId>();
    auto attributes = collection ? find_record(reader_, organization_, *collection, id) : std::nullopt;
    if (!attributes) return false;
    thing_["collection"] = *collection;
    if (last->seal == SealState::open) {
      thing_["attributes"] = Json::parse(*attributes);
    } else {
      thing_["attributes"] = kErased;
    }
    if (auto access = find_access(reader_, organization_, id)) {
      if (access->assignee) thing_["assignee"] = name(*access->assignee);
      auto list = names(access->accounts);
      for (const auto& team : access->teams) list.push_back(name(team));
      if (!list.empty()) thing_["access_list"] = std::move(list);
    }
    return true;
  }

  bool fill_credential() {
    auto last = find_last_entry(reader_, organization_, subject_);
    auto account = last ? account_of(last->event) : std::nullopt;
    auto row = account ? find_credential(reader_, *account, subject_.as<CredentialId>()) : std::nullopt;
    if (!row) return false;
    thing_["account"] = name(row->account);
    thing_["kind"] = name_of(row->kind);
    put("label", row->label);
    put("hint", row->hint);
    put_time("expires_at", row->expires_at);
    put_time("revoked_at", row->revoked_at);
    return true;
  }

  const Reader& reader_;
  const OrganizationId& organization_;
  const Subject& subject_;
  Json thing_ = Json::object();
};

}  // namespace

std::optional<Json> thing_by_ids(const Reader& reader, const OrganizationId& organization,
                                 const Subject& subject) {
  bool is_foreign = subject.kind == SubjectKind::organization && subject.id != organization.bytes;
  if (is_foreign) return std::nullopt;
  return ThingTeller(reader, organization, subject).tell();
}

std::optional<Json> thing_of(const Reader& reader, const OrganizationId& organization,
                             const Subject& subject) {
  auto thing = thing_by_ids(reader, organization, subject);
  if (!thing) return thing;
  return with_names(std::move(*thing), RowNames(reader, organization));
}

Json with_names(Json json, const Known& known) {
  if (json.is_string()) return known.name_of(json.get<std::string>());
  if (json.is_array()) {
    for (auto& item : json) item = with_names(std::move(item), known);
  }
  if (json.is_object()) {
    for (auto& [name, value] : json.items()) {
      bool is_own = name == "id" || name == "subject" || name == "command" || name.starts_with("attributes");
      if (!is_own) value = with_names(std::move(value), known);
    }
  }
  return json;
}

bool for_each_thing(const Reader& reader, const OrganizationId& organization,
                    const std::function<bool(const Subject&, const Json&)>& each) {
  // Every subject that is still there has a byline.
  for (auto row = reader.scan(View::bylines, {}, {}, Direction::forward); row->valid(); row->next()) {
    auto key = row->key();
    Subject subject{static_cast<SubjectKind>(key.front() - 'a'), id_from_bytes<Id<void>>(key.substr(1))};
    auto thing = thing_of(reader, organization, subject);
    if (thing && !each(subject, *thing)) return false;
  }
  return true;
}

Json difference(const std::optional<Json>& before, const std::optional<Json>& after) {
  auto changes = Json::object();
  auto is_signature = [](const std::string& name) {
    return std::ranges::find(kSignature, name) != kSignature.end();
  };
  auto look = [&](const std::string& path, const Json& from, const Json& to) {
    if (from == to) return;
    auto& change = changes[path];
    change = Json::object();
    if (!from.is_null()) change["before"] = from;
    if (!to.is_null()) change["after"] = to;
  };
  auto one = before.value_or(Json::object()), other = after.value_or(Json::object());
  auto member = [](const Json& of, const std::string& name) {
    auto found = of.find(name);
    return found == of.end() ? Json() : *found;
  };
  auto walk = [&](const Json& from, const Json& to, const std::string& prefix, bool top) {
    for (const auto* side : {&from, &to}) {
      for (const auto& [name, value] : side->items()) {
        if (top && (is_signature(name) || name == "attributes")) continue;
        if (side == &to && from.contains(name)) continue;
        look(prefix + name, member(from, name), member(to, name));
      }
    }
  };
  walk(one, other, "", true);
  auto attributes = [&](const Json& of) {
    return of.contains("attributes") ? of["attributes"] : Json::object();
  };
  walk(attributes(one), attributes(other), "attributes/", false);
  return changes;
}

}  // namespace byline::history
