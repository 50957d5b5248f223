#include <algorithm>

#include "engine/record_schema.hpp"
#include "events/json_fields.hpp"
#include "events/json_members.hpp"
#include "http/command.hpp"
#include "http/document.hpp"
#include "http/guard.hpp"
#include "http/listing.hpp"
#include "http/reply.hpp"
#include "http/resources/names_schema.hpp"
#include "http/resources/resources.hpp"
#include "http/resources/signature.hpp"
#include "projections/key.hpp"
#include "security/strict_json.hpp"

namespace byline::http {
namespace {

constexpr std::string_view kPartSchema = R"({"type":"string","pattern":"^[a-z][a-z0-9_-]{0,63}$"})";

const std::string kRequiredPermissionsSchema = [] {
  nlohmann::json areas = {{"type", "array"}, {"minItems", 1}, {"items", {{"enum", names_of_areas()}}}};
  nlohmann::json schema = {{"type", "object"},
                           {"description", "the areas in which each operation needs a permission"},
                           {"additionalProperties", false}};
  for (const auto& operation : names_of_operations()) {
    schema["properties"][operation.get<std::string>()] = areas;
    schema["required"].push_back(operation);
  }
  return schema.dump();
}();

const AttributeSpec kCollectionAttributes[] = {
    {"service", kPartSchema, Writes::at_creation, true},
    {"name", kPartSchema, Writes::at_creation, true},
    {"permissions", kRequiredPermissionsSchema, Writes::always, true},
    {"schema", R"({"type":["object","null"],"description":"JSON Schema of the records' attributes"})",
     Writes::always},
    {"default", R"({"type":"boolean","description":"every organization has it; it cannot be changed"})"},
    kCreatedAt,
    kCreatedBy,
    kLastUpdatedAt,
    kLastUpdatedBy,
    kVersion,
};

/// `intake.reports`: the address with a dot for the slash, which would divide a path.
std::string id_of(std::string_view service, std::string_view name) {
  return std::string(service) + "." + std::string(name);
}

/// The address that an id stands for.
std::string key_of(std::string_view id) {
  std::string key(id);
  std::ranges::replace(key, '.', '/');
  return key;
}

LoadedResource to_resource(const Reader& reader, const OrganizationId& organization, const CollectionRow& row,
                           bool is_default, const Byline& byline) {
  Resource resource;
  resource.type = kCollections.type;
  resource.id = id_of(row.service, row.name);
  resource.self = admin_path(resource.type, resource.id);
  std::string permissions;
  JsonWriter json(permissions);
  json_fields::write_struct(json, row.permissions);
  resource.attributes = {
      {"service", row.service},
      {"name", row.name},
      {"permissions", RawJson{std::move(permissions)}},
      {"schema", row.schema ? AttributeValue(RawJson{row.schema->text}) : AttributeValue()},
      {"default", is_default}};
  sign(resource, reader, organization, byline);
  resource.attributes.emplace_back("version", std::int64_t{byline.version.value});
  return {std::move(resource), byline.version};
}

/// A default collection is as old as the organization.
std::optional<LoadedResource> load_default(const Reader& reader, const OrganizationId& organization,
                                           const Collection& collection) {
  auto byline = find_byline(reader, {SubjectKind::organization, organization});
  if (!byline) return std::nullopt;
  Byline founded{byline->created_by, byline->created_at, byline->created_by, byline->created_at, Version{1}};
  return to_resource(reader, organization,
                     {collection.service, collection.name, collection.permissions, std::nullopt}, true,
                     founded);
}

std::optional<LoadedResource> load_own(const Reader& reader, const OrganizationId& organization,
                                       const CollectionId& id) {
  auto byline = find_byline(reader, {SubjectKind::collection, id});  // before the row: see reader.hpp
  auto row = find_own_collection(reader, organization, id);
  if (!row || !byline) return std::nullopt;
  return to_resource(reader, organization, *row, false, *byline);
}

RenderCommitted render_collection(const Call& call, unsigned status) {
  auto load_it = [organization = call.organization()](const Reader& reader, const Subject& subject) {
    return load_own(reader, organization, subject.as<CollectionId>());
  };
  return render_resource(load_it, status);
}

/// Default collections first, then the organization's own.
class CollectionSource final : public ResourceSource {
 public:
  CollectionSource(const Reader& reader, const OrganizationId& organization, const std::string& start,
                   Direction direction) {
    for (const auto& collection : default_collections()) {
      if (auto loaded = load_default(reader, organization, collection))
        add(std::string("\0", 1) + std::to_string(found_.size()), std::move(loaded->resource));
    }
    auto prefix = collection_prefix(organization);
    auto cursor = reader.scan(View::collections, prefix, {}, Direction::forward);
    for (; cursor->valid(); cursor->next()) {
      auto id = id_from_bytes<CollectionId>(cursor->key().substr(prefix.size()));
      if (auto loaded = load_own(reader, organization, id))
        add("\1" + std::string(id.view()), std::move(loaded->resource));
    }
    if (direction == Direction::backward) std::ranges::reverse(found_);
    if (start.empty()) return;
    std::erase_if(found_, [&](const auto& pair) {
      return direction == Direction::forward ? pair.first <= start : pair.first >= start;
    });
  }

  Step next(std::string& key, Resource& resource) override {
    if (at_ == found_.size()) return Step::end;
    std::tie(key, resource) = std::move(found_[at_++]);
    return Step::found;
  }

 private:
  void add(std::string key, Resource resource) { found_.emplace_back(std::move(key), std::move(resource)); }

  std::vector<std::pair<std::string, Resource>> found_;
  std::size_t at_ = 0;
};

RequiredPermissions read_required_permissions(const nlohmann::json& json, Document& document) {
  RequiredPermissions permissions;
  if (!json.is_object()) {
    document.add({Code::invalid_type, "permissions", "an object of operations"});
    return permissions;
  }
  for (const auto& [name, areas] : json.items()) {
    auto place = "permissions/" + escape_pointer(name);
    auto operation = operation_named(name);
    if (!operation)
      document.add({Code::invalid_value, place, "operations are " + joined(names_of_operations())});
    if (!areas.is_array()) document.add({Code::invalid_type, place, "a list of areas"});
    if (!operation || !areas.is_array()) continue;
    auto& list = permissions.of(*operation);
    for (std::size_t i = 0; i < areas.size(); ++i) {
      auto area = areas[i].is_string() ? area_named(areas[i].get<std::string>()) : std::nullopt;
      if (area) {
        list.push_back(*area);
      } else {
        document.add(
            {Code::invalid_value, place + "/" + std::to_string(i), "areas are " + joined(names_of_areas())});
      }
    }
  }
  return permissions;
}

/// Absent is nullopt; JSON null is no schema.
std::optional<std::optional<JsonText>> read_schema(Document& document) {
  const auto* given = document.attribute("schema");
  if (!given) return std::nullopt;
  if (given->is_null()) return std::optional<JsonText>();
  auto schema = RecordSchema::parse(given->dump());
  if (schema) return std::optional(JsonText{given->dump()});
  document.add(std::move(schema.error()));
  return std::nullopt;
}

/// The organization's own collection in the path; a default one is a refusal.
std::expected<CollectionId, Response> own_in_path(const Call& call) {
  auto key = key_of(call.parameters[0]);
  if (find_default_collection(key))
    return std::unexpected(reply_rejection(Rejection{{Problem{Code::collection_fixed}}}, nullptr));
  auto reader = call.services.engine.reader();
  if (!reader) return std::unexpected(reply_unavailable("the storage is being opened"));
  auto id = own_collection_at(*reader, call.organization(), key);
  // What is repeated under its key has its answer, though the collection is gone.
  if (!id && !is_keyed(call.request)) return std::unexpected(reply_not_found());
  return id.value_or(CollectionId{});
}

}  // namespace

const ResourceSpec kCollections{
    "collections", "A kind of records, and the permissions that it asks for", kCollectionAttributes, {}};

Awaitable<Response> list_collections(Call& call) {
  if (auto refused = require(call, Area::admin_roles, Operation::view)) co_return std::move(*refused);
  auto open = [organization = call.organization()](const Reader& reader, const std::string& start,
                                                   Direction direction) {
    return std::make_unique<CollectionSource>(reader, organization, start, direction);
  };
  co_return co_await reply_list(call, kCollections, open);
}

Awaitable<Response> read_collection(Call& call) {
  if (auto refused = require(call, Area::admin_roles, Operation::view)) co_return std::move(*refused);
  auto load_it = [&call](const Reader& reader) -> std::optional<LoadedResource> {
    auto key = key_of(call.parameters[0]);
    if (const auto* found = find_default_collection(key))
      return load_default(reader, call.organization(), *found);
    auto id = own_collection_at(reader, call.organization(), key);
    return id ? load_own(reader, call.organization(), *id) : std::nullopt;
  };
  co_return reply_resource(call, kCollections, load_it);
}

Awaitable<Response> create_collection(Call& call) {
  if (auto refused = require(call, Area::admin_roles, Operation::create)) co_return std::move(*refused);
  auto document = Document::read(call.request, kCollections, {});
  if (!document) co_return std::move(document.error());
  CreateCollection command;
  command.service = value_or_empty(document->text("service", parse_service));
  command.name = value_or_empty(document->text("name", parse_collection_name));
  if (const auto* permissions = document->attribute("permissions"))
    command.permissions = read_required_permissions(*permissions, *document);
  command.schema = read_schema(*document).value_or(std::nullopt);
  command.problems = document->take_problems();
  co_return co_await run_command(call, std::move(command), render_collection(call, 201));
}

Awaitable<Response> change_collection(Call& call) {
  if (auto refused = require(call, Area::admin_roles, Operation::edit)) co_return std::move(*refused);
  auto id = own_in_path(call);
  if (!id) co_return std::move(id.error());
  auto document = Document::read(call.request, kCollections, call.parameters[0]);
  if (!document) co_return std::move(document.error());
  ChangeCollection command;
  command.id = *id;
  if (const auto* permissions = document->attribute("permissions"))
    command.permissions = read_required_permissions(*permissions, *document);
  command.schema = read_schema(*document);
  command.problems = document->take_problems();
  co_return co_await run_command(call, std::move(command), render_collection(call, 200));
}

Awaitable<Response> delete_collection(Call& call) {
  if (auto refused = require(call, Area::admin_roles, Operation::remove)) co_return std::move(*refused);
  auto id = own_in_path(call);
  if (!id) co_return std::move(id.error());
  Command command = DeleteCollection{*id};
  co_return co_await run_command(call, std::move(command), render_deleted());
}

}  // namespace byline::http
