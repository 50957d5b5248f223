#pragma once

#include <functional>
#include <memory>
#include <string>

#include "http/call.hpp"
#include "http/resource_query.hpp"

namespace byline::http {

/// Resources one after the other, each with a key; keys are in the order of creation.
class ResourceSource {
 public:
  virtual ~ResourceSource() = default;
  /// False at the end.
  virtual bool next(std::string& key, Resource& resource) = 0;
};

/// Opens a source strictly after `start` in that direction; from its beginning or end where `start` is empty.
/// The reader outlives the source.
using OpenSource =
    std::function<std::unique_ptr<ResourceSource>(const Reader& reader, const std::string& start, Direction)>;

/// Resources included beside the page (JSON:API 1.1 §6.3), for the relationships asked for.
using IncludeResources = std::function<std::vector<Resource>(const Reader& reader, const ResourceQuery& query,
                                                             std::span<const Resource>)>;

/// Answers a list: filtered, sorted, one page of it, with links to the pages beside. In the order of creation
/// a page costs what it holds and skips; sorted by an attribute it costs a walk over all, in bounded memory,
/// which gives way to other requests now and then.
Awaitable<Response> reply_list(Call& call, const ResourceSpec& spec, OpenSource open,
                               IncludeResources include);

/// A source over the rows of a view within a prefix.
OpenSource rows_of(View view, std::string prefix,
                   std::function<Resource(const Reader&, std::string_view key, std::string_view value)> load);

/// A source without resources.
OpenSource nothing();

/// One resource with what it includes. `version` becomes its ETag.
Response reply_resource(const Call& call, const Reader& reader, const Resource& resource, Version version,
                        const IncludeResources& include, const ResourceQuery& query);

/// A resource after it was created (201, with its Location) or changed (200).
Response reply_written(const Resource& resource, Version version, unsigned status,
                       const std::function<void(JsonWriter&)>& meta = {});

std::string etag_of(Version version);

}  // namespace byline::http
