#include <algorithm>
#include <set>

#include "engine/as_of.hpp"
#include "engine/clock.hpp"
#include "events/json_fields.hpp"
#include "http/guard.hpp"
#include "http/listing.hpp"
#include "http/reply.hpp"
#include "http/resources/names_schema.hpp"
#include "http/resources/resources.hpp"
#include "http/resources/signature.hpp"
#include "projections/key.hpp"

namespace byline::http {
namespace {

constexpr AttributeSpec kAccessAttributes[] = {
    {"name", kNameSchema},
    {"kind", R"({"type":"string","enum":["user","application"]})"},
    {"status", R"({"type":"string","enum":["active","deactivated"]})"},
    {"at", kTimeSchema},
    {"level", R"({"type":["string","null"],"description":"how far the operation asked for reaches"})"},
    {"permissions", R"({"type":"object","description":"area, operation, level: the union of the roles"})"},
    {"through", R"({"type":"array","description":"each permission, and the roles that give it"})"},
};
constexpr ParameterSpec kAccessParameters[] = {
    {"collection", "The collection, e.g. intake/reports", true},
    {"operation", "view, edit, create or delete", true},
    {"at", "A past moment (RFC 3339); now where it is left out"},
};

/// Each permission of these areas and operations, with the roles that give it at the level that counts.
std::string through_json(AsOf& as_of, const AccountRow& row, const PermissionMatrix& access,
                         const std::set<std::pair<Area, Operation>>* only) {
  std::string text;
  JsonWriter json(text);
  json.begin_array();
  for_each_permission(access, [&](Area area, Operation operation, Level level) {
    if (only && !only->contains({area, operation})) return;
    json.begin_object();
    json.member("area", name_of(area));
    json.member("operation", name_of(operation));
    json.member("level", name_of(level));
    json.key("roles");
    json.begin_array();
    for (const auto& id : row.roles) {
      const auto& role = as_of.role(id);
      if (!role || role->permissions.at(area, operation) != level) continue;
      json.begin_object();
      json.member("id", std::string_view(to_string(id)));
      json.member("name", std::string_view(role->name));
      json.end_object();
    }
    json.end_array();
    json.end_object();
  });
  json.end_array();
  return text;
}

struct Asked {
  std::shared_ptr<const Collection> collection;
  Operation operation = Operation::view;

  std::set<std::pair<Area, Operation>> permissions() const {
    std::set<std::pair<Area, Operation>> needed;
    for (const auto& permission : permissions_needed(*collection, operation, Level::assignments))
      needed.emplace(permission.area, permission.operation);
    return needed;
  }
};

Resource to_resource(AsOf& as_of, const AccountId& id, const AccountRow& row, Time at,
                     const std::optional<Asked>& asked) {
  Resource resource;
  resource.type = kAccountAccess.type;
  resource.id = to_string(id);
  resource.self = "/admin/accounts/" + resource.id + "/access";
  auto access = as_of.access_of(row);
  std::string permissions;
  JsonWriter json(permissions);
  json_fields::write(json, access);
  std::set<std::pair<Area, Operation>> only;
  if (asked) only = asked->permissions();
  AttributeValue level;
  if (asked) level = std::string(name_of(reach_in(*asked->collection, asked->operation, access)));
  resource.attributes = {{"name", row.name},
                         {"kind", std::string(name_of(row.kind))},
                         {"status", std::string(name_of(row.status))},
                         {"at", time_value(at)},
                         {"level", level},
                         {"permissions", RawJson{std::move(permissions)}},
                         {"through", RawJson{through_json(as_of, row, access, asked ? &only : nullptr)}}};
  return resource;
}

/// Accounts, in the order of their ids, that could do what is asked for. A key is an id.
class AccessSource final : public ResourceSource {
 public:
  AccessSource(const Reader& reader, const Call& call, std::optional<Time> at, Asked asked,
               const std::string& start, Direction direction)
      : as_of_(reader, call.organization(), at),
        at_(at.value_or(system_now())),
        asked_(std::move(asked)),
        prefix_(account_prefix(call.organization())),
        start_(start),
        rows_(reader.scan(View::accounts, prefix_, start.empty() ? std::string() : prefix_ + start,
                          direction)) {
    asked_.collection = as_of_.collection(asked_.collection);
    for (auto kind : {SubjectKind::user, SubjectKind::application}) {
      if (has(call, area_of(kind), Operation::view)) shown_.push_back(kind);
    }
  }

  Step next(std::string& key, Resource& resource) override {
    // Where the collection was not there yet nobody could do anything in it.
    if (!asked_.collection || !rows_->valid()) return Step::end;
    key = rows_->key().substr(prefix_.size());
    rows_->next();
    if (key == start_) return Step::passed;
    auto id = id_from_bytes<AccountId>(key);
    auto row = as_of_.account(id);
    if (!row || std::ranges::find(shown_, row->kind) == shown_.end()) return Step::passed;
    if (reach_in(*asked_.collection, asked_.operation, as_of_.access_of(*row)) == Level::none)
      return Step::passed;
    resource = to_resource(as_of_, id, *row, at_, asked_);
    return Step::found;
  }

 private:
  AsOf as_of_;
  const Time at_;
  Asked asked_;
  const std::string prefix_;
  const std::string start_;
  std::unique_ptr<RowCursor> rows_;
  std::vector<SubjectKind> shown_;
};

std::unexpected<Response> bad_parameter(const char* name, std::string detail) {
  return std::unexpected(reply_error({400, "invalid_parameter", std::move(detail), {}, name, {}}));
}

std::expected<Asked, Response> read_asked(const Call& call) {
  const auto* key = query_value(call, "collection");
  const auto* name = query_value(call, "operation");
  if (!key) return bad_parameter("collection", "Say which collection, e.g. intake/reports.");
  if (!name) return bad_parameter("operation", "Say which operation: view, edit, create or delete.");
  auto reader = call.services.engine.reader();
  if (!reader) return std::unexpected(reply_unavailable("the storage is being opened"));
  auto collection = find_collection(*reader, call.organization(), *key);
  if (!collection) return bad_parameter("collection", "There is no such collection.");
  auto operation = operation_named(*name);
  if (!operation) return bad_parameter("operation", "Operations are " + joined(names_of_operations()) + ".");
  return Asked{std::move(collection), *operation};
}

/// The parameter `at`, a time that has been; nullopt for now.
std::expected<std::optional<Time>, Response> read_at(const Call& call) {
  const auto* text = query_value(call, "at");
  if (!text) return std::nullopt;
  auto at = parse_time(*text);
  if (!at) return bad_parameter("at", "This is no time as RFC 3339 has it, e.g. 2026-03-01T08:15:30Z.");
  if (*at > system_now()) return bad_parameter("at", "This moment is yet to come.");
  return at;
}

}  // namespace

const ResourceSpec kAccountAccess{
    "account-access", "What an account may do, and through which role", kAccessAttributes, {}, false,
    kAccessParameters};

Awaitable<Response> list_access(Call& call) {
  if (auto refused = require(call, Area::admin_roles, Operation::view)) co_return std::move(*refused);
  if (!has(call, Area::admin_users, Operation::view)) {
    if (auto refused = require(call, Area::admin_applications, Operation::view))
      co_return std::move(*refused);
  }
  auto at = read_at(call);
  if (!at) co_return std::move(at.error());
  auto asked = read_asked(call);
  if (!asked) co_return std::move(asked.error());
  auto open = [&call, at = *at, asked = *asked](const Reader& reader, const std::string& start,
                                                Direction direction) {
    return std::make_unique<AccessSource>(reader, call, at, asked, start, direction);
  };
  co_return co_await reply_list(call, kAccountAccess, open);
}

Awaitable<Response> read_access(Call& call) {
  if (auto refused = require(call, Area::admin_roles, Operation::view)) co_return std::move(*refused);
  auto at = read_at(call);
  if (!at) co_return std::move(at.error());
  for (const char* name : {"collection", "operation"}) {
    if (query_value(call, name))
      co_return reply_error(
          {400, "unknown_parameter", "There is no such query parameter here.", {}, name, {}});
  }
  std::optional<Response> refused;
  auto load = [&](const Reader& reader) -> std::optional<LoadedResource> {
    auto id = path_id<AccountId>(call);
    AsOf as_of(reader, call.organization(), *at);
    auto row = id ? as_of.account(*id) : std::nullopt;
    refused = require_to_see(call, row ? std::optional(row->kind) : std::nullopt);
    if (!row || refused) return std::nullopt;
    auto byline = find_byline(reader, {row->kind, *id}).value_or(Byline{});
    return LoadedResource{to_resource(as_of, *id, *row, at->value_or(system_now()), {}), byline.version};
  };
  auto response = reply_resource(call, kAccountAccess, load);
  // What is known of an account depends on more than its own version.
  std::erase_if(response.headers, [](const auto& header) { return header.first == "ETag"; });
  co_return refused ? std::move(*refused) : std::move(response);
}

}  // namespace byline::http
