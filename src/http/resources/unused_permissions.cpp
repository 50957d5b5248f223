#include <map>

#include "domain/narrowest_roles.hpp"
#include "engine/clock.hpp"
#include "events/json_fields.hpp"
#include "http/guard.hpp"
#include "http/reply.hpp"
#include "http/resource_reply.hpp"
#include "http/resources/resources.hpp"
#include "http/resources/signature.hpp"

namespace byline::http {
namespace {

constexpr Day kDefaultUnusedDays = 90;

constexpr AttributeSpec kUnusedPermissionAttributes[] = {
    {"since", R"({"type":"string","format":"date"})"},
    {"granted", R"({"type":"object","description":"area, operation, level: the union of the roles"})"},
    {"used",
     R"({"type":"array","description":"permissions that were used, at the lowest level that would have done"})"},
    {"needed", R"({"type":"object","description":"area, operation, level: what was used"})"},
    {"unused", R"({"type":"object","description":"granted and not used at any level"})"},
    {"wider_than_used",
     R"({"type":"object","description":"granted at a higher level than was used: the level granted"})"},
};
constexpr RelationshipSpec kUnusedPermissionRelationships[] = {{"roles", {"roles"}, true},
                                                               {"narrowest_roles", {"roles"}, true}};
constexpr ParameterSpec kUnusedPermissionParameters[] = {
    {"since", "A day, e.g. 2026-03-01; ninety days ago where it is left out"}};

std::expected<Day, Response> read_since(const Call& call) {
  auto today = day_of(system_now());
  const auto* text = query_value(call, "since");
  if (!text) return today - kDefaultUnusedDays;
  auto time = parse_time(text->contains('T') ? *text : *text + "T00:00:00Z");
  if (!time || time->micros < 0 || day_of(*time) > today) {
    return std::unexpected(reply_error(
        {400, "invalid_parameter", "This is no day that has been, e.g. 2026-03-01.", {}, "since", {}}));
  }
  return day_of(*time);
}

std::string matrix_json(const PermissionMatrix& matrix) {
  std::string text;
  JsonWriter json(text);
  json_fields::write(json, matrix);
  return text;
}

struct Used {
  std::uint64_t count = 0;
  Day last = 0;
  Level level = Level::none;  ///< the highest that was needed
};
using Uses = std::map<std::pair<Area, Operation>, Used>;

Uses gather(const std::vector<PermissionUse>& uses) {
  Uses gathered;
  for (const auto& use : uses) {
    auto& used = gathered[{use.permission.area, use.permission.operation}];
    used.count += use.count;
    used.last = std::max(used.last, use.day);
    used.level = std::max(used.level, use.permission.level);
  }
  return gathered;
}

std::string uses_json(const Uses& uses) {
  std::string text;
  JsonWriter json(text);
  json.begin_array();
  for (const auto& [cell, used] : uses) {
    json.begin_object();
    json.member("area", name_of(cell.first));
    json.member("operation", name_of(cell.second));
    json.member("level", name_of(used.level));
    json.member("uses", used.count);
    json.member("last_used_on", std::string_view(format_day(used.last)));
    json.end_object();
  }
  json.end_array();
  return text;
}

/// The organization's roles that together give what is needed and as little else as possible.
std::vector<RoleId> find_narrowest(const Reader& reader, const OrganizationId& organization,
                                   const PermissionMatrix& needed) {
  std::vector<RoleId> ids;
  std::vector<PermissionMatrix> matrices;
  auto prefix = role_prefix(organization);
  auto cursor = reader.scan(View::roles, prefix, {}, Direction::forward);
  for (; cursor->valid(); cursor->next()) {
    ids.push_back(id_from_bytes<RoleId>(cursor->key().substr(prefix.size())));
    matrices.push_back(parse_role_row(cursor->value()).permissions);
  }
  std::vector<RoleId> chosen;
  for (auto place : narrowest_roles(matrices, needed).value_or(std::vector<std::size_t>()))
    chosen.push_back(ids[place]);
  return chosen;
}

LoadedResource to_resource(const Reader& reader, const Principal& principal, const ApplicationRow& row,
                           Version version, const Uses& uses, Day since) {
  PermissionMatrix needed, unused, wider;
  for_each_permission(principal.access, [&](Area area, Operation operation, Level level) {
    auto used = uses.find({area, operation});
    if (used == uses.end()) {
      unused.set(area, operation, level);
    } else if (used->second.level < level) {
      wider.set(area, operation, level);
    }
  });
  for (const auto& [cell, used] : uses) needed.set(cell.first, cell.second, used.level);
  Resource resource;
  resource.type = kUnusedPermissions.type;
  resource.id = to_string(principal.account);
  resource.self = admin_path("applications", resource.id) + "/unused-permissions";
  resource.attributes = {{"since", format_day(since)},
                         {"granted", RawJson{matrix_json(principal.access)}},
                         {"used", RawJson{uses_json(uses)}},
                         {"needed", RawJson{matrix_json(needed)}},
                         {"unused", RawJson{matrix_json(unused)}},
                         {"wider_than_used", RawJson{matrix_json(wider)}}};
  resource.relationships = {
      to_many("roles", kRoles.type, row.roles),
      to_many("narrowest_roles", kRoles.type, find_narrowest(reader, principal.organization, needed))};
  return {std::move(resource), version};
}

}  // namespace

const ResourceSpec kUnusedPermissions{"unused-permissions",
                                      "What an application was granted and has not used",
                                      kUnusedPermissionAttributes,
                                      kUnusedPermissionRelationships,
                                      false,
                                      kUnusedPermissionParameters};

Awaitable<Response> read_unused_permissions(Call& call) {
  for (auto area : {Area::admin_applications, Area::admin_roles}) {
    if (auto refused = require(call, area, Operation::view)) co_return std::move(*refused);
  }
  auto since = read_since(call);
  if (!since) co_return std::move(since.error());
  auto load = [&](const Reader& reader) -> std::optional<LoadedResource> {
    auto id = path_id<AccountId>(call);
    auto row = id ? find_application(reader, call.organization(), *id) : std::nullopt;
    auto principal = row ? find_principal(reader, call.organization(), *id) : std::nullopt;
    auto byline = row ? find_byline(reader, {SubjectKind::application, *id}) : std::nullopt;
    if (!principal || !byline) return std::nullopt;
    auto uses = call.services.engine.uses_of(call.organization(), *id, *since);
    return to_resource(reader, *principal, *row, byline->version,
                       gather(uses.value_or(std::vector<PermissionUse>())), *since);
  };
  auto response = reply_resource(call, kUnusedPermissions, load);
  // Counts change without a new version of anything.
  std::erase_if(response.headers, [](const auto& header) { return header.first == "ETag"; });
  co_return response;
}

}  // namespace byline::http
