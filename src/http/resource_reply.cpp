#include "http/resource_reply.hpp"

#include "http/guard.hpp"
#include "http/reply.hpp"

namespace byline::http {
namespace {

Response begin_reply(unsigned status, Version version) {
  Response response;
  response.status = status;
  response.content_type = kJsonApi;
  if (version != Version{}) response.headers.emplace_back("ETag", etag_of(version));
  return response;
}

void write_self(JsonWriter& json, std::string_view self) {
  json.key("links");
  json.begin_object();
  json.member("self", self);
  json.end_object();
}

}  // namespace

void write_included(JsonWriter& json, const Reader& reader, const ResourceQuery& query,
                    std::span<const Resource> resources, const IncludeResources& include) {
  if (!include || query.include.empty()) return;
  json.key("included");
  json.begin_array();
  for (const auto& resource : include(reader, query, resources))
    write_resource(json, resource, query.fields_of(resource.type));
  json.end_array();
}

Response reply_resource(const Call& call, const ResourceSpec& spec, const LoadResource& load,
                        const IncludeResources& include) {
  auto reader = call.services.engine.reader();
  if (!reader) return reply_unavailable("the storage is being opened");
  return reply_resource(call, spec, load, include, *reader);
}

Response reply_resource(const Call& call, const ResourceSpec& spec, const LoadResource& load,
                        const IncludeResources& include, const Reader& reader) {
  auto query = read_query(call, spec);
  if (!query) return std::move(query.error());
  auto position = reader.tail();  // before it is read, so that it is not older than it says
  auto loaded = load(reader);
  if (!loaded) return reply_not_found();
  const auto& resource = loaded->resource;
  auto response = begin_reply(200, loaded->version);
  response.headers.emplace_back("Byline-Position", std::to_string(position.value));
  JsonWriter json(response.body);
  json.begin_object();
  json.key("data");
  write_resource(json, resource, query->fields_of(resource.type));
  write_included(json, reader, *query, std::span(&resource, 1), include);
  write_self(json, resource.self);
  json.end_object();
  return response;
}

RenderCommitted render_resource(LoadSubject load, unsigned status) {
  return [load = std::move(load), status](const Reader& reader, const Committed& committed) {
    auto loaded = load(reader, committed.subject);
    if (!loaded) return reply_not_found();  // deleted by somebody else in between
    const auto& resource = loaded->resource;
    auto response = begin_reply(status, loaded->version);
    if (status == 201) response.headers.emplace_back("Location", resource.self);
    JsonWriter json(response.body);
    json.begin_object();
    json.key("data");
    write_resource(json, resource, {});
    if (loaded->meta) {
      json.key("meta");
      json.begin_object();
      loaded->meta(json);
      json.end_object();
    }
    write_self(json, resource.self);
    json.end_object();
    return response;
  };
}

RenderCommitted render_deleted() {
  return [](const Reader&, const Committed&) { return Response{.status = 204}; };
}

}  // namespace byline::http
