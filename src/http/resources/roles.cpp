#include <algorithm>

#include "domain/text.hpp"
#include "engine/clock.hpp"
#include "engine/ids.hpp"
#include "events/json_fields.hpp"
#include "http/command.hpp"
#include "http/document.hpp"
#include "http/guard.hpp"
#include "http/listing.hpp"
#include "http/resources/resources.hpp"
#include "http/resources/role_resource.hpp"
#include "http/resources/signature.hpp"
#include "http/strict_json.hpp"

namespace byline::http {
namespace {

constexpr std::string_view kPermissionsSchema =
    R"({"type":"object","description":"area, operation, level","propertyNames":{"enum":["admin.applications","admin.users","admin.roles","admin.organization","admin.audit","admin.projections","people","engage","intake","provider_management","portal","provider_portal","reporting"]},"additionalProperties":{"type":"object","propertyNames":{"enum":["view","edit","create","delete"]},"additionalProperties":{"type":"string","enum":["none","assignments","limited","all"]}}})";

constexpr AttributeSpec kAttributes[] = {
    {"name", R"({"type":"string","minLength":1,"maxLength":200})", Writes::always, true},
    {"permissions", kPermissionsSchema, Writes::always, true},
    {"default_key", R"({"type":["string","null"]})"},
    kCreatedAt,
    kCreatedBy,
    kLastUpdatedAt,
    kLastUpdatedBy,
    kVersion,
};

Resource to_resource(const Reader& reader, const OrganizationId& organization, const RoleId& id,
                     const RoleRow& row, const Byline& byline) {
  Resource resource;
  resource.type = kRoles.type;
  resource.id = to_string(id);
  resource.self = admin_path(resource.type, resource.id);
  std::string permissions;
  JsonWriter json(permissions);
  json_fields::write(json, row.permissions);
  resource.attributes = {{"name", row.name},
                         {"permissions", RawJson{std::move(permissions)}},
                         {"default_key", text_or_null(row.default_key)}};
  sign(resource, reader, organization, byline);
  resource.attributes.emplace_back("version", std::int64_t{byline.version.value});
  return resource;
}

std::optional<LoadedResource> load(const Reader& reader, const OrganizationId& organization,
                                   const RoleId& id) {
  auto byline = find_byline(reader, {SubjectKind::role, id});  // before the row: see reader.hpp
  auto row = find_role(reader, organization, id);
  if (!row || !byline) return std::nullopt;
  return LoadedResource{to_resource(reader, organization, id, *row, *byline), byline->version};
}

/// The matrix, with a problem for every cell that cannot be read.
PermissionMatrix read_permissions(const nlohmann::json& json, Document& document) {
  PermissionMatrix matrix;
  if (!json.is_object()) {
    document.add({Code::invalid_type, "permissions", "an object of areas"});
    return matrix;
  }
  for (const auto& [area_name, operations] : json.items()) {
    auto place = "permissions/" + escape_pointer(area_name);
    auto area = area_named(area_name);
    if (!area) document.add({Code::invalid_value, place, "there is no such area"});
    if (!operations.is_object()) document.add({Code::invalid_type, place, "an object of operations"});
    if (!area || !operations.is_object()) continue;
    for (const auto& [operation_name, level_name] : operations.items()) {
      auto operation = operation_named(operation_name);
      auto level = level_name.is_string() ? level_named(level_name.get<std::string>()) : std::nullopt;
      if (operation && level) {
        matrix.set(*area, *operation, *level);
      } else {
        document.add(
            {Code::invalid_value, place + "/" + escape_pointer(operation_name),
             operation ? "levels are none, assignments, limited and all" : "there is no such operation"});
      }
    }
  }
  return matrix;
}

RenderCommitted render_role(const Call& call, const RoleId& id, unsigned status) {
  auto load_it = [organization = call.organization(), id](const Reader& reader) {
    return load(reader, organization, id);
  };
  return render_resource(load_it, status);
}

}  // namespace

const ResourceSpec kRoles{"roles", "What accounts that have it may do, area by area", kAttributes, {}};

RelationshipValue roles_relationship(const std::vector<RoleId>& roles) {
  RelationshipValue relationship{"roles", kRoles.type, true, {}};
  for (const auto& id : roles) relationship.ids.push_back(to_string(id));
  return relationship;
}

IncludeResources include_roles(const Call& call) {
  if (require(call, Area::admin_roles, Operation::view)) {
    // An `included` there must be where one was asked for (JSON:API 1.1 §6.3); it tells nothing.
    return [](const Reader&, const ResourceQuery&, std::span<const Resource>) {
      return std::vector<Resource>();
    };
  }
  return [organization = call.organization()](const Reader& reader, const ResourceQuery&,
                                              std::span<const Resource> resources) {
    std::vector<std::string> seen;
    std::vector<Resource> included;
    for (const auto& resource : resources) {
      for (const auto& id : resource.relationships.front().ids) {
        if (std::ranges::find(seen, id) != seen.end()) continue;
        seen.push_back(id);
        if (auto loaded = load(reader, organization, *parse_id<RoleId>(id))) {
          included.push_back(std::move(loaded->resource));
        }
      }
    }
    return included;
  };
}

Awaitable<Response> list_roles(Call& call) {
  if (auto refused = require(call, Area::admin_roles, Operation::view)) co_return std::move(*refused);
  auto organization = call.organization();
  auto prefix = role_prefix(organization);
  auto to_role = [organization, skip = prefix.size()](const Reader& reader, std::string_view key,
                                                      std::string_view value) {
    auto id = id_from_bytes<RoleId>(key.substr(skip));
    auto byline = find_byline(reader, {SubjectKind::role, id});
    return to_resource(reader, organization, id, parse_role_row(value), byline.value());
  };
  co_return co_await reply_list(call, kRoles, rows_of(View::roles, prefix, to_role));
}

Awaitable<Response> read_role(Call& call) {
  if (auto refused = require(call, Area::admin_roles, Operation::view)) co_return std::move(*refused);
  auto load_it = [&call](const Reader& reader) {
    auto id = path_id<RoleId>(call);
    return id ? load(reader, call.organization(), *id) : std::nullopt;
  };
  co_return reply_resource(call, kRoles, load_it);
}

Awaitable<Response> create_role(Call& call) {
  auto document = Document::read(call.request, kRoles, {});
  if (!document) co_return std::move(document.error());
  CreateRole command;
  command.id = new_id<RoleId>(system_now());
  command.name = value_or_empty(document->text("name", parse_name));
  if (const auto* permissions = document->attribute("permissions")) {
    command.permissions = read_permissions(*permissions, *document);
  }
  command.problems = document->take_problems();
  auto render = render_role(call, command.id, 201);
  co_return co_await run_command(call, std::move(command), std::move(render));
}

Awaitable<Response> change_role(Call& call) {
  auto id = path_id<RoleId>(call);
  if (!id) co_return reply_not_found();
  auto document = Document::read(call.request, kRoles, call.parameters[0]);
  if (!document) co_return std::move(document.error());
  ChangeRole command;
  command.id = *id;
  command.name = document->text("name", parse_name);
  if (const auto* permissions = document->attribute("permissions")) {
    command.permissions = read_permissions(*permissions, *document);
  }
  command.problems = document->take_problems();
  auto render = render_role(call, command.id, 200);
  co_return co_await run_command(call, std::move(command), std::move(render));
}

Awaitable<Response> delete_role(Call& call) {
  auto id = path_id<RoleId>(call);
  if (!id) co_return reply_not_found();
  co_return co_await run_command(call, DeleteRole{*id}, render_deleted());
}

}  // namespace byline::http
