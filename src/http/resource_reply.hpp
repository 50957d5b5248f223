#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "http/command.hpp"
#include "http/guard.hpp"
#include "http/resource_query.hpp"

namespace byline::http {

/// A resource as it is now.
struct LoadedResource {
  Resource resource;
  Version version = {};                        ///< becomes the answer's ETag; 0 where it has none
  std::function<void(JsonWriter&)> meta = {};  ///< writes the members of the document's `meta`
};

/// Finds one resource; nullopt where there is none that the caller may see.
using LoadResource = std::function<std::optional<LoadedResource>(const Reader& reader)>;

/// Resources included beside others (JSON:API 1.1 §6.3), for the relationships asked for.
using IncludeResources = std::function<std::vector<Resource>(const Reader& reader, const ResourceQuery& query,
                                                             std::span<const Resource>)>;

/// Answers a GET of one resource, or 404.
Response reply_resource(const Call& call, const ResourceSpec& spec, const LoadResource& load,
                        const IncludeResources& include = {});
/// The same by what this reader sees.
Response reply_resource(const Call& call, const ResourceSpec& spec, const LoadResource& load,
                        const IncludeResources& include, const Reader& reader);

/// Finds the resource that a command was about.
using LoadSubject =
    std::function<std::optional<LoadedResource>(const Reader& reader, const Subject& subject)>;

/// The answer after a resource was created (201, with its Location) or changed (200).
RenderCommitted render_resource(LoadSubject load, unsigned status);
/// The answer after a resource was deleted (204).
RenderCommitted render_deleted();

/// Answers a DELETE of the resource whose id is in the path, where the caller has `area`:delete.
template <class Delete>
Awaitable<Response> delete_resource(Call& call, Area area) {
  if (auto refused = require(call, area, Operation::remove)) co_return std::move(*refused);
  auto id = path_id<decltype(Delete::id)>(call);
  if (!id) co_return reply_not_found();
  Command command = Delete{*id};
  co_return co_await run_command(call, std::move(command), render_deleted());
}

/// The `included` member, where the query asked for it.
void write_included(JsonWriter& json, const Reader& reader, const ResourceQuery& query,
                    std::span<const Resource> resources, const IncludeResources& include);

}  // namespace byline::http
