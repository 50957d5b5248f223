#include "http/guard.hpp"
#include "http/listing.hpp"
#include "http/resources/resources.hpp"
#include "projections/declared.hpp"

namespace byline::http {
namespace {

using Definition = ProjectionDefinition;

/// The attributes that the definition gives rows, in its order. It outlives them.
std::vector<AttributeSpec> attributes_of_rows(const Definition& definition) {
  std::vector<AttributeSpec> attributes;
  attributes.reserve(definition.key.size() + definition.columns.size());
  for (const auto& member : definition.key) attributes.push_back({member.name, "{}"});
  for (const auto& column : definition.columns) attributes.push_back({column.name, "{}"});
  return attributes;
}

AttributeValue to_attribute(const Definition::Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* number = std::get_if<std::int64_t>(&value)) return *number;
  if (const auto* truth = std::get_if<bool>(&value)) return *truth;
  return std::monostate{};
}

Resource row_resource(const Definition& definition, std::string_view key, std::string_view bytes) {
  auto row = parse_declared_row(bytes);
  Resource resource;
  resource.type = definition.name;
  resource.id = declared_row_id(key);
  for (std::size_t i = 0; i < definition.key.size(); ++i)
    resource.attributes.emplace_back(definition.key[i].name, to_attribute(row.key.at(i)));
  for (std::size_t i = 0; i < definition.columns.size(); ++i)
    resource.attributes.emplace_back(definition.columns[i].name, to_attribute(row.columns.at(i)));
  JsonWriter meta(resource.meta);
  meta.begin_object();
  meta.member("position", row.position.value);
  meta.end_object();
  return resource;
}

}  // namespace

// What a row's type and attributes are is in the definition; this is what the API's description says of all.
const ResourceSpec kProjectionRows{
    .type = "projection-rows",
    .summary =
        "A row of a view that the operator defined: its type is the view's name, its attributes are those "
        "of the definition, and `meta.position` is that of the last event in it",
    .attributes = {},
    .relationships = {},
    .open = true,
    .in_order_of_creation = false};

/// For who may read the events that the rows are made of.
Awaitable<Response> list_projection_rows(Call& call) {
  if (auto refused = require(call, Area::admin_audit, Operation::view)) co_return std::move(*refused);
  const auto& views = call.services.engine.views();
  auto view = views.named(call.parameters.front());
  const auto* projection = view ? views.declared(*view) : nullptr;
  if (!projection) co_return reply_not_found();
  const auto& definition = projection->definition();
  auto attributes = attributes_of_rows(definition);
  auto spec = kProjectionRows;
  spec.type = definition.name;
  spec.attributes = attributes;
  spec.open = false;
  auto to_row = [&definition](const Reader&, std::string_view key, std::string_view value) {
    return row_resource(definition, key, value);
  };
  auto rows = rows_of(*view, declared_prefix(call.organization()), to_row);
  co_return co_await reply_list(call, spec, std::move(rows));
}

}  // namespace byline::http
