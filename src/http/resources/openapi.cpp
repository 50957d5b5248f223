#include <algorithm>
#include <boost/beast/http/verb.hpp>
#include <cctype>
#include <nlohmann/json.hpp>

#include "byline/version.hpp"
#include "domain/default_collections.hpp"
#include "http/authentication.hpp"
#include "http/resource_query.hpp"
#include "http/resources/openapi_errors.hpp"
#include "http/resources/resources.hpp"
#include "http/resources/routes.hpp"

namespace byline::http {
namespace {

using OrderedJson = nlohmann::ordered_json;

OrderedJson component(const std::string& path) { return {{"$ref", "#/components/" + path}}; }

OrderedJson content(OrderedJson schema) {
  return {{"application/vnd.api+json", {{"schema", std::move(schema)}}}};
}

std::string schema_name(const ResourceSpec& spec) {
  std::string name(spec.type);
  name[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(name[0])));
  std::erase(name, '-');
  return name;
}

OrderedJson relationship_schema(const RelationshipSpec& relationship) {
  OrderedJson identifier = {
      {"type", "object"},
      {"required", {"type", "id"}},
      {"properties", {{"type", {{"enum", OrderedJson::array()}}}, {"id", {{"type", "string"}}}}}};
  for (auto type : relationship.targets) {
    if (!type.empty()) identifier["properties"]["type"]["enum"].push_back(type);
  }
  OrderedJson data = {{"type", "array"}, {"items", identifier}};
  if (!relationship.to_many) data = {{"oneOf", {identifier, {{"type", "null"}}}}};
  return {{"type", "object"}, {"required", {"data"}}, {"properties", {{"data", data}}}};
}

bool may_write(Writes writes, bool creates) {
  return writes == Writes::always || (creates && writes == Writes::at_creation);
}

/// The resource object as it is read, or as it is written by a caller.
OrderedJson resource_schema(const ResourceSpec& spec, bool written, bool creates) {
  OrderedJson attributes = {{"type", "object"}, {"properties", OrderedJson::object()}};
  OrderedJson relationships = {{"type", "object"}, {"properties", OrderedJson::object()}};
  OrderedJson required_attributes = OrderedJson::array();
  OrderedJson required_relationships = OrderedJson::array();
  for (const auto& attribute : spec.attributes) {
    if (written && !may_write(attribute.writes, creates)) continue;
    attributes["properties"][attribute.name] = OrderedJson::parse(attribute.schema);
    if (creates && attribute.required) required_attributes.push_back(attribute.name);
  }
  for (const auto& relationship : spec.relationships) {
    if (written && !may_write(relationship.writes, creates)) continue;
    relationships["properties"][relationship.name] = relationship_schema(relationship);
    if (creates && relationship.required) required_relationships.push_back(relationship.name);
  }
  attributes["additionalProperties"] = spec.open;
  if (!required_attributes.empty()) attributes["required"] = required_attributes;
  if (!required_relationships.empty()) relationships["required"] = required_relationships;

  OrderedJson schema = {{"type", "object"}, {"description", spec.summary}, {"required", {"type"}}};
  if (!written || !creates) schema["required"].push_back("id");
  if (!required_attributes.empty()) schema["required"].push_back("attributes");
  if (!required_relationships.empty()) schema["required"].push_back("relationships");
  schema["properties"]["type"] =
      spec.open ? OrderedJson{{"type", "string"}} : OrderedJson{{"const", spec.type}};
  if (!written || !creates) schema["properties"]["id"] = {{"type", "string"}};
  schema["properties"]["attributes"] = std::move(attributes);
  if (!relationships["properties"].empty()) schema["properties"]["relationships"] = std::move(relationships);
  return schema;
}

OrderedJson query_parameter(std::string_view name, std::string_view description, OrderedJson schema) {
  return {{"name", name}, {"in", "query"}, {"description", description}, {"schema", std::move(schema)}};
}

OrderedJson header_parameter(std::string_view name, std::string_view description) {
  return {{"name", name}, {"in", "header"}, {"description", description}, {"schema", {{"type", "string"}}}};
}

void add_query_parameters(const Route& route, OrderedJson& parameters) {
  const auto& spec = *route.resource;
  auto add_fields = [&parameters](std::string_view type) {
    parameters.push_back(query_parameter("fields[" + std::string(type) + "]",
                                         "Only these fields, separated by commas", {{"type", "string"}}));
  };
  if (route.resource == &kProjectionRows) {
    parameters.push_back(
        {{"name", "fields"},
         {"in", "query"},
         {"style", "deepObject"},
         {"explode", true},
         {"description", "fields[NAME]: only these, separated by commas; NAME is the view's"},
         {"schema", {{"type", "object"}, {"additionalProperties", true}}}});
  } else if (spec.open) {
    for (const auto& collection : default_collections()) add_fields(collection.name);
  } else {
    add_fields(spec.type);
  }
  if (!spec.relationships.empty()) {
    parameters.push_back(query_parameter(
        "include", "Relationships whose resources to include, separated by commas", {{"type", "string"}}));
  }
  for (const auto& parameter : spec.parameters) {
    // A single one's question is answered by its path.
    if (parameter.required && route.shape != Shape::list) continue;
    parameters.push_back(query_parameter(parameter.name, parameter.description, {{"type", "string"}}));
    if (parameter.required) parameters.back()["required"] = true;
  }
  if (route.shape != Shape::list) return;
  parameters.push_back(
      query_parameter("sort", "An attribute; with a minus sign in descending order", {{"type", "string"}}));
  parameters.push_back(
      {{"name", "filter"},
       {"in", "query"},
       {"style", "deepObject"},
       {"explode", true},
       {"description", "filter[attribute]=value, or filter[attribute][eq|ne|lt|le|gt|ge|contains]=value"},
       {"schema", {{"type", "object"}, {"additionalProperties", true}}}});
  parameters.push_back(
      query_parameter("page[size]", "Resources a page",
                      {{"type", "integer"}, {"minimum", 1}, {"maximum", kMaxPageSize}, {"default", 10}}));
  parameters.push_back(query_parameter("page[total]",
                                       "With true, meta.page.total counts the resources of all pages",
                                       {{"type", "boolean"}, {"default", false}}));
  parameters.push_back(
      query_parameter("page[after]", "A cursor: the page that follows", {{"type", "string"}}));
  parameters.push_back(query_parameter("page[before]", "A cursor: the page before", {{"type", "string"}}));
}

OrderedJson parameters_of(const Route& route) {
  OrderedJson parameters = OrderedJson::array();
  for (auto open = route.path.find('{'); open != std::string_view::npos;
       open = route.path.find('{', open + 1)) {
    auto name = std::string(route.path.substr(open + 1, route.path.find('}', open) - open - 1));
    OrderedJson schema = {{"type", "string"}};
    // An organization may have collections of its own beside these.
    for (const auto& collection : default_collections()) {
      if (name == "service") schema["examples"].push_back(collection.service);
      if (name == "collection") schema["examples"].push_back(collection.name);
    }
    parameters.push_back({{"name", name}, {"in", "path"}, {"required", true}, {"schema", schema}});
  }
  if (route.shape == Shape::list || route.shape == Shape::read) add_query_parameters(route, parameters);
  if (route.shape == Shape::create || route.shape == Shape::change || route.shape == Shape::remove) {
    parameters.push_back(
        header_parameter("Idempotency-Key", "The same key and request get the same answer for 24 hours"));
  }
  if (route.shape == Shape::change || route.shape == Shape::remove) {
    parameters.push_back(
        header_parameter("If-Match", "The ETag of the version that was seen; 412 when there is a newer one"));
  }
  return parameters;
}

OrderedJson document(const std::string& schema, bool many) {
  OrderedJson data = component("schemas/" + schema);
  if (many) data = {{"type", "array"}, {"items", data}};
  OrderedJson properties = {{"data", data}, {"links", {{"type", "object"}}}, {"meta", {{"type", "object"}}}};
  properties["included"] = {{"type", "array"}, {"items", {{"type", "object"}}}};
  return {{"type", "object"}, {"required", {"data"}}, {"properties", properties}};
}

OrderedJson responses_of(const Route& route) {
  auto name = schema_name(*route.resource);
  OrderedJson headers = {{"Byline-Position",
                          {{"description", "The log's position up to which this answer is true"},
                           {"schema", {{"type", "integer"}}}}}};
  OrderedJson one = headers;
  one["ETag"] = {{"description", "The resource's version"}, {"schema", {{"type", "string"}}}};
  OrderedJson responses;
  switch (route.shape) {
    case Shape::list:
      responses["200"] = {{"description", "A page of them"},
                          {"headers", headers},
                          {"content", content(document(name, true))}};
      break;
    case Shape::read:
    case Shape::change:
      responses["200"] = {
          {"description", "The resource"}, {"headers", one}, {"content", content(document(name, false))}};
      break;
    case Shape::create:
      one["Location"] = {{"description", "Where it is"}, {"schema", {{"type", "string"}}}};
      responses["201"] = {
          {"description", "It was created"}, {"headers", one}, {"content", content(document(name, false))}};
      break;
    case Shape::remove:
      responses["204"] = {{"description", "It is gone"}, {"headers", one}};
      break;
    case Shape::plain:
      break;
  }
  add_error_responses(route, responses);
  return responses;
}

OrderedJson operation_of(const Route& route) {
  OrderedJson operation = {{"operationId", route.operation}, {"summary", route.summary}};
  auto parameters = parameters_of(route);
  if (!parameters.empty()) operation["parameters"] = std::move(parameters);
  if (route.shape == Shape::plain) {
    auto schemas = OrderedJson::parse(route.plain_schemas);
    if (schemas.contains("parameters")) operation.erase("parameters");
    operation.update(schemas);
  } else {
    if (route.shape == Shape::create || route.shape == Shape::change) {
      bool creates = route.shape == Shape::create;
      OrderedJson body = {{"type", "object"},
                          {"required", {"data"}},
                          {"properties", {{"data", resource_schema(*route.resource, true, creates)}}}};
      operation["requestBody"] = {{"required", !route.may_lack_body}, {"content", content(std::move(body))}};
    }
    operation["responses"] = responses_of(route);
  }
  if (!operation.contains("security")) {
    const OrderedJson none = OrderedJson::array();
    operation["security"] =
        route.entry == Entry::bearer
            ? OrderedJson::array({OrderedJson{{"bearer", none}}, OrderedJson{{"session", none}}})
            : OrderedJson::array({OrderedJson::object()});
  }
  return operation;
}

OrderedJson shared_schemas() {
  return {
      {"ErrorSource",
       OrderedJson::parse(
           R"({"type":"object","description":"What in the request it is about","properties":{"pointer":{"type":"string"},"parameter":{"type":"string"},"header":{"type":"string"}}})")},
      {"OAuthError",
       OrderedJson::parse(
           R"({"type":"object","required":["error"],"properties":{"error":{"type":"string","enum":["invalid_request","invalid_client","unsupported_grant_type","invalid_scope","unauthorized_client","api_not_licensed","temporarily_unavailable"]},"error_description":{"type":"string"}}})")},
      {"Decision",
       OrderedJson::parse(
           R"({"type":"object","required":["decision"],"properties":{"decision":{"type":"boolean"},"context":{"type":"object","properties":{"reason":{"type":"string"},"missing":{"type":"array","items":{"type":"object","properties":{"area":{"type":"string"},"operation":{"type":"string"},"level":{"type":"string"}}}},"error":{"type":"object","properties":{"status":{"type":"integer"},"message":{"type":"string"}}}}}}})")},
      {"Decisions",
       OrderedJson::parse(
           R"({"type":"object","properties":{"decision":{"type":"boolean"},"evaluations":{"type":"array","items":{"$ref":"#/components/schemas/Decision"}}}})")},
      {"SearchResults",
       OrderedJson::parse(
           R"({"type":"object","required":["results","page"],"properties":{"results":{"type":"array","items":{"type":"object"}},"page":{"type":"object","properties":{"next_token":{"type":"string"},"count":{"type":"integer"}}}}})")},
      {"Health",
       OrderedJson::parse(
           R"({"type":"object","required":["status"],"properties":{"status":{"type":"string"}}})")}};
}

}  // namespace

std::string openapi_document(const std::string& base_url) {
  OrderedJson document = {
      {"openapi", "3.1.0"},
      {"info",
       {{"title", "Byline"},
        {"version", version()},
        {"summary", "Incoming applications, their credentials, roles and records, signed"},
        {"license", {{"name", "All rights reserved"}, {"identifier", "LicenseRef-Proprietary"}}}}},
      {"servers", {{{"url", base_url}}}},
      {"paths", OrderedJson::object()},
      {"components",
       {{"schemas", shared_schemas()},
        {"responses", shared_error_responses()},
        {"securitySchemes",
         {{"bearer", {{"type", "http"}, {"scheme", "bearer"}}},
          {"registration",
           {{"type", "http"},
            {"scheme", "bearer"},
            {"description", "An initial access token, or the token that a registration was answered with"}}},
          {"session",
           {{"type", "apiKey"},
            {"in", "cookie"},
            {"name", std::string(kSessionCookie)},
            {"description", "What changes something needs the header X-CSRF-Token besides"}}},
          {"clientBasic", {{"type", "http"}, {"scheme", "basic"}}}}}}}};
  for (const auto& route : routes()) {
    std::string method(boost::beast::http::to_string(route.method));
    std::ranges::transform(method, method.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    document["paths"][openapi_path(route)][method] = operation_of(route);
    if (route.resource) {
      document["components"]["schemas"][schema_name(*route.resource)] =
          resource_schema(*route.resource, false, false);
    }
  }
  return document.dump();
}

Awaitable<Response> openapi(Call& call) {
  Response response;
  response.content_type = "application/json";
  response.body = call.services.openapi;
  co_return response;
}

}  // namespace byline::http
