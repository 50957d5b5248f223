#include <algorithm>
#include <set>

#include "engine/as_of.hpp"
#include "engine/clock.hpp"
#include "events/json_fields.hpp"
#include "http/guard.hpp"
#include "http/listing.hpp"
#include "http/reply.hpp"
#include "http/resources/access_times.hpp"
#include "http/resources/names_schema.hpp"
#include "http/resources/resources.hpp"
#include "http/resources/signature.hpp"
#include "projections/key.hpp"

namespace byline::http {
namespace {

constexpr AttributeSpec kAttributes[] = {
    {"name", kNameSchema},
    {"kind", R"({"type":"string","enum":["user","application"]})"},
    {"status", R"({"type":"string","enum":["active","deactivated"]})"},
    {"at", kTimeSchema},
    {"level", R"({"type":["string","null"],"description":"how far the operation asked for reaches"})"},
    {"permissions", R"({"type":"object","description":"area, operation, level: the union of the roles"})"},
    {"through", R"({"type":"array","description":"each permission, and the roles that give it"})"},
};
constexpr ParameterSpec kParameters[] = {
    {"collection", "The collection, e.g. intake/reports", true},
    {"operation", "view, edit, create or delete", true},
    {"at", "A past moment (RFC 3339); now where it is left out"},
};

/// Whom the caller may be told about.
std::optional<Response> refuse_unless_shown(const Call& call, SubjectKind kind) {
  if (auto refused = require(call, Area::admin_roles, Operation::view)) return refused;
  auto area = kind == SubjectKind::user ? Area::admin_users : Area::admin_applications;
  return require(call, area, Operation::view);
}

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
    for (auto area : collection->permissions.of(operation)) needed.emplace(area, operation);
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
  if (asked) level = std::string(name_of(level_in(*asked->collection, asked->operation, access)));
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
  AccessSource(const Reader& reader, const Call& call, std::optional<Time> at, const Asked& asked,
               const std::string& start, Direction direction)
      : as_of_(reader, call.organization(), at),
        at_(at.value_or(system_now())),
        asked_(asked),
        prefix_(account_prefix(call.organization())),
        start_(start),
        rows_(reader.scan(View::accounts, prefix_, start.empty() ? std::string() : prefix_ + start,
                          direction)) {
    for (auto [kind, area] : {std::pair{SubjectKind::user, Area::admin_users},
                              std::pair{SubjectKind::application, Area::admin_applications}}) {
      if (call.principal.access.at(area, Operation::view) == Level::all) shown_.push_back(kind);
    }
  }

  bool next(std::string& key, Resource& resource) override {
    for (; rows_->valid(); rows_->next()) {
      key = rows_->key().substr(prefix_.size());
      if (key == start_) continue;
      auto id = id_from_bytes<AccountId>(key);
      auto row = as_of_.account(id);
      if (!row || std::ranges::find(shown_, row->kind) == shown_.end()) continue;
      auto level = level_in(*asked_.collection, asked_.operation, as_of_.access_of(*row));
      if (level == Level::none) continue;
      resource = to_resource(as_of_, id, *row, at_, asked_);
      rows_->next();
      return true;
    }
    return false;
  }

 private:
  AsOf as_of_;
  const Time at_;
  const Asked asked_;
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
  auto slash = std::min(key->find('/'), key->size());
  auto collection = find_collection(*reader, call.organization(), key->substr(0, slash),
                                    key->substr(std::min(key->size(), slash + 1)));
  if (!collection) return bad_parameter("collection", "There is no such collection.");
  auto operation = operation_named(*name);
  if (!operation) return bad_parameter("operation", "Operations are " + joined(names_of_operations()) + ".");
  return Asked{std::move(collection), *operation};
}

}  // namespace

const std::string* query_value(const Call& call, std::string_view name) {
  auto found = std::ranges::find(call.query, name, [](const auto& pair) { return pair.first; });
  return found == call.query.end() ? nullptr : &found->second;
}

std::expected<std::optional<Time>, Response> read_at(const Call& call) {
  const auto* text = query_value(call, "at");
  if (!text) return std::nullopt;
  auto at = parse_time(*text);
  if (!at) return bad_parameter("at", "This is no time as RFC 3339 has it, e.g. 2026-03-01T08:15:30Z.");
  if (*at > system_now()) return bad_parameter("at", "This moment is yet to come.");
  return at;
}

const ResourceSpec kAccountAccess{
    "account-access", "What an account may do, and through which role", kAttributes, {}, false, kParameters};

Awaitable<Response> list_access(Call& call) {
  if (auto refused = require(call, Area::admin_roles, Operation::view)) co_return std::move(*refused);
  auto users = refuse_unless_shown(call, SubjectKind::user);
  if (auto both = refuse_unless_shown(call, SubjectKind::application); users && both)
    co_return std::move(*users);
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
    if (!id) return std::nullopt;
    AsOf as_of(reader, call.organization(), *at);
    auto row = as_of.account(*id);
    if (!row) return std::nullopt;
    refused = refuse_unless_shown(call, row->kind);
    auto byline = find_byline(reader, {row->kind, *id}).value_or(Byline{});
    return LoadedResource{to_resource(as_of, *id, *row, at->value_or(system_now()), {}), byline.version};
  };
  auto response = reply_resource(call, kAccountAccess, load);
  // What is known of an account depends on more than its own version.
  std::erase_if(response.headers, [](const auto& header) { return header.first == "ETag"; });
  co_return refused ? std::move(*refused) : std::move(response);
}

}  // namespace byline::http
