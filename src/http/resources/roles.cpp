#include <algorithm>

#include "domain/text.hpp"
#include "events/json_fields.hpp"
#include "http/command.hpp"
#include "http/document.hpp"
#include "http/guard.hpp"
#include "http/listing.hpp"
#include "http/resources/names_schema.hpp"
#include "http/resources/resources.hpp"
#include "http/resources/role_resource.hpp"
#include "http/resources/signature.hpp"
#include "security/strict_json.hpp"

namespace byline::http {
namespace {

const std::string kMatrixSchema =
    nlohmann::json{{"type", "object"},
                   {"description", "area, operation, level"},
                   {"propertyNames", {{"enum", names_of_areas()}}},
                   {"additionalProperties",
                    {{"type", "object"},
                     {"propertyNames", {{"enum", names_of_operations()}}},
                     {"additionalProperties", {{"type", "string"}, {"enum", names_of_levels()}}}}}}
        .dump();

const AttributeSpec kRoleAttributes[] = {
    {"name", R"({"type":"string","minLength":1,"maxLength":200})", Writes::always, true},
    {"permissions", kMatrixSchema, Writes::always},
    {"default_key", R"({"type":["string","null"]})"},
    kCreatedAt,
    kCreatedBy,
    kLastUpdatedAt,
    kLastUpdatedBy,
    kVersion,
};

constexpr RelationshipSpec kRoleRelationships[] = {{"copied_from", {"roles"}, false, Writes::at_creation}};

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
  resource.relationships = {to_one("copied_from", kRoles.type, row.copied_from)};
  return resource;
}

std::optional<LoadedResource> load_role(const Reader& reader, const OrganizationId& organization,
                                        const RoleId& id) {
  auto byline = find_byline(reader, {SubjectKind::role, id});  // before the row: see reader.hpp
  auto row = find_role(reader, organization, id);
  if (!row || !byline) return std::nullopt;
  return LoadedResource{to_resource(reader, organization, id, *row, *byline), byline->version};
}

RenderCommitted render_role(const Call& call, unsigned status) {
  auto load_it = [organization = call.organization()](const Reader& reader, const Subject& subject) {
    return load_role(reader, organization, subject.as<RoleId>());
  };
  return render_resource(load_it, status);
}

}  // namespace

const ResourceSpec kRoles{"roles", "What accounts that have it may do, area by area", kRoleAttributes,
                          kRoleRelationships};

RelationshipValue roles_relationship(const std::vector<RoleId>& roles) {
  return to_many("roles", kRoles.type, roles);
}

PermissionMatrix read_permissions(const nlohmann::json& json, Document& document) {
  PermissionMatrix matrix;
  if (!json.is_object()) {
    document.add({Code::invalid_type, "permissions", "an object of areas"});
    return matrix;
  }
  for (const auto& [area_name, operations] : json.items()) {
    auto place = "permissions/" + escape_pointer(area_name);
    auto area = area_named(area_name);
    if (!area) document.add({Code::invalid_value, place, "areas are " + joined(names_of_areas())});
    if (!operations.is_object()) document.add({Code::invalid_type, place, "an object of operations"});
    if (!area || !operations.is_object()) continue;
    for (const auto& [operation_name, level_name] : operations.items()) {
      auto operation = operation_named(operation_name);
      auto level = level_name.is_string() ? level_named(level_name.get<std::string>()) : std::nullopt;
      if (operation && level) {
        matrix.set(*area, *operation, *level);
      } else {
        document.add({Code::invalid_value, place + "/" + escape_pointer(operation_name),
                      operation ? "levels are " + joined(names_of_levels())
                                : "operations are " + joined(names_of_operations())});
      }
    }
  }
  return matrix;
}

IncludeResources include_roles(const Call& call) {
  if (!has(call, Area::admin_roles, Operation::view)) {
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
      for (const auto& [type, id] : resource.relationships.front().to) {
        if (std::ranges::find(seen, id) != seen.end()) continue;
        seen.push_back(id);
        if (auto loaded = load_role(reader, organization, *parse_id<RoleId>(id))) {
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
  co_return co_await reply_list(call, kRoles, rows_of(View::roles, prefix, to_role), include_roles(call));
}

Awaitable<Response> read_role(Call& call) {
  if (auto refused = require(call, Area::admin_roles, Operation::view)) co_return std::move(*refused);
  auto load_it = [&call](const Reader& reader) {
    auto id = path_id<RoleId>(call);
    return id ? load_role(reader, call.organization(), *id) : std::nullopt;
  };
  co_return reply_resource(call, kRoles, load_it, include_roles(call));
}

Awaitable<Response> create_role(Call& call) {
  if (auto refused = require(call, Area::admin_roles, Operation::create)) co_return std::move(*refused);
  auto document = Document::read(call.request, kRoles, {});
  if (!document) co_return std::move(document.error());
  CreateRole command;
  command.name = value_or_empty(document->text("name", parse_name));
  if (const auto* permissions = document->attribute("permissions")) {
    command.permissions = read_permissions(*permissions, *document);
  }
  command.copied_from = document->id<RoleId>("copied_from").value_or(std::nullopt);
  if (!command.permissions && !document->has_relationship("copied_from"))
    document->add({Code::required, "permissions"});
  command.problems = document->take_problems();
  co_return co_await run_command(call, std::move(command), render_role(call, 201));
}

Awaitable<Response> change_role(Call& call) {
  if (auto refused = require(call, Area::admin_roles, Operation::edit)) co_return std::move(*refused);
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
  co_return co_await run_command(call, std::move(command), render_role(call, 200));
}

Awaitable<Response> delete_role(Call& call) { return delete_resource<DeleteRole>(call, Area::admin_roles); }

}  // namespace byline::http
