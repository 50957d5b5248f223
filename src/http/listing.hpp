#pragma once

#include <functional>
#include <memory>
#include <string>

#include "http/call.hpp"
#include "http/resource_reply.hpp"

namespace byline::http {

/// Resources one after the other, each with a key; keys are in the order of creation.
class ResourceSource {
 public:
  virtual ~ResourceSource() = default;
  enum class Step : std::uint8_t {
    found,
    passed,  ///< something that does not belong to the list: the walk may rest before it goes on
    end,
  };
  virtual Step next(std::string& key, Resource& resource) = 0;
};

/// Opens a source strictly after `start` in that direction; from its beginning or end where `start` is empty.
/// The reader outlives the source.
using OpenSource =
    std::function<std::unique_ptr<ResourceSource>(const Reader& reader, const std::string& start, Direction)>;

/// Answers a list: filtered, sorted, one page of it, with links to the pages beside. In the order of creation
/// a page costs what it holds and skips; sorted by an attribute it costs a walk over all, in bounded memory,
/// which gives way to other requests now and then.
Awaitable<Response> reply_list(Call& call, const ResourceSpec& spec, OpenSource open,
                               IncludeResources include = {});

/// A source over the rows of a view within a prefix.
OpenSource rows_of(View view, std::string prefix,
                   std::function<Resource(const Reader&, std::string_view key, std::string_view value)> load);

}  // namespace byline::http
