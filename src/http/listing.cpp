#include "http/listing.hpp"

#include <algorithm>
#include <boost/asio/this_coro.hpp>

#include "http/cursor.hpp"
#include "http/reply.hpp"
#include "http/stretch.hpp"
#include "http/url_encoding.hpp"

namespace byline::http {
namespace {

constexpr std::size_t kMaxPageBytes = 2 << 20;  ///< of records' own attributes: a page ends early rather
constexpr std::size_t kSortedBytes = 512;       ///< longer texts are sorted by their beginning

struct Found {
  ListPlace place;
  Resource resource;
};

AttributeValue sort_value(ResourceValues& values, const std::string& name) {
  auto value = values.at(name);
  if (auto* text = std::get_if<std::string>(&value); text && text->size() > kSortedBytes)
    text->resize(kSortedBytes);
  if (auto* list = std::get_if<TextList>(&value))
    return list->empty() ? AttributeValue() : AttributeValue(list->front());
  if (auto* raw = std::get_if<RawJson>(&value); raw && raw->text.size() > kSortedBytes)
    raw->text.resize(kSortedBytes);
  return value;
}

bool passes(const ResourceQuery& query, const Resource& resource, ResourceValues& values) {
  return std::ranges::all_of(query.filters, [&](const Filter& filter) {
    for (const auto& relationship : resource.relationships) {
      if (relationship.name != filter.name) continue;
      bool has = std::ranges::find(relationship.to, filter.value, &Identifier::id) != relationship.to.end();
      return filter.comparison == Comparison::ne ? !has : has;
    }
    return matches(filter, values.at(filter.name));
  });
}

/// Walks the resources and keeps one page of them, and one more that tells whether the list goes on.
class PageWalk {
 public:
  PageWalk(const ResourceQuery& query, std::optional<ListPlace> start)
      : query_(query), start_(std::move(start)), backward_(!query.before.empty()) {}

  /// In the order of creation the source itself begins at the place; sorted, everything must be seen.
  std::unique_ptr<ResourceSource> open(const OpenSource& open_source, const Reader& reader) const {
    if (sorted()) return open_source(reader, {}, Direction::forward);
    return open_source(reader, start_ ? start_->key : std::string(),
                       flipped() ? Direction::backward : Direction::forward);
  }

  /// False when nothing further can belong to the page.
  bool take(const std::string& key, Resource resource) {
    ResourceValues values(resource);
    if (!passes(query_, resource, values)) return true;
    if (!sorted()) {
      bytes_ += resource.own_json.size();
      found_.push_back({{{}, key}, std::move(resource)});
      return found_.size() <= query_.page_size && bytes_ <= kMaxPageBytes;
    }
    ListPlace place{sort_value(values, query_.sort), key};
    if (start_ && !before(*start_, place)) return true;
    auto less = [this](const Found& left, const Found& right) { return before(left.place, right.place); };
    found_.push_back({std::move(place), std::move(resource)});
    std::ranges::push_heap(found_, less);
    if (found_.size() > query_.page_size + 1) {
      std::ranges::pop_heap(found_, less);
      found_.pop_back();
    }
    return true;
  }

  void finish() {
    if (sorted())
      std::ranges::sort(found_, [this](const Found& l, const Found& r) { return before(l.place, r.place); });
    auto fitting = std::min(fitting_in_bytes(), query_.page_size);
    more_ = found_.size() > fitting;
    found_.resize(std::min(found_.size(), fitting));
    if (backward_) std::ranges::reverse(found_);
  }

  const std::vector<Found>& found() const { return found_; }
  bool has_next() const { return backward_ || more_; }
  bool has_previous() const { return backward_ ? more_ : start_.has_value(); }

 private:
  /// How many of those found a page holds before it is too large; one at least.
  std::size_t fitting_in_bytes() const {
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < found_.size(); ++i) {
      bytes += found_[i].resource.own_json.size();
      if (i > 0 && bytes > kMaxPageBytes) return i;
    }
    return found_.size();
  }
  bool sorted() const { return !query_.sort.empty(); }
  bool flipped() const { return query_.descending != backward_; }
  bool before(const ListPlace& left, const ListPlace& right) const {
    auto order = compare(left.value, right.value);
    if (order == 0) order = left.key <=> right.key;
    return flipped() ? order > 0 : order < 0;
  }

  const ResourceQuery& query_;
  std::optional<ListPlace> start_;
  bool backward_;
  bool more_ = false;
  std::size_t bytes_ = 0;
  std::vector<Found> found_;
};

/// The key of this list's cursors: of whose it is, where it is and what it is sorted by.
security::Key cursor_key(const Call& call, const ResourceQuery& query) {
  auto list = std::string(call.organization().view()) + std::string(call.request.path) + "?" + query.sort;
  return security::derive_key(call.services.keys.seal_key, "list cursor", list);
}

/// This list's address with another cursor.
std::string page_link(const Call& call, std::string_view cursor_name, const std::string& cursor) {
  std::string link(call.request.path);
  char separator = '?';
  auto add = [&](std::string_view name, std::string_view value) {
    link += separator;
    link += percent_encode(name) + "=" + percent_encode(value);
    separator = '&';
  };
  for (const auto& [name, value] : call.query) {
    if (name != "page[after]" && name != "page[before]") add(name, value);
  }
  if (!cursor_name.empty()) add(cursor_name, cursor);
  return link;
}

Response reply_page(const Call& call, const Reader& reader, const PageWalk& walk, const ResourceQuery& query,
                    const IncludeResources& include, std::optional<std::size_t> total) {
  Response response;
  response.content_type = kJsonApi;
  JsonWriter json(response.body);
  json.begin_object();
  json.key("data");
  json.begin_array();
  std::vector<Resource> primary;
  for (const auto& found : walk.found()) {
    write_resource(json, found.resource, query.fields_of(found.resource.type));
    if (!query.include.empty()) primary.push_back(found.resource);
  }
  json.end_array();
  write_included(json, reader, query, primary, include);
  if (total) {
    json.key("meta");
    json.begin_object();
    json.key("page");
    json.begin_object();
    json.member("total", static_cast<std::int64_t>(*total));
    json.end_object();
    json.end_object();
  }
  json.key("links");
  json.begin_object();
  auto self =
      std::string(call.request.path);  // never the target's authority, which is the caller's to choose
  if (!call.request.query.empty()) self.append("?").append(call.request.query);
  json.member("self", std::string_view(self));
  auto key = cursor_key(call, query);
  auto link = [&](std::string_view name, bool there, std::string_view parameter, bool last) {
    json.key(name);
    if (!there || walk.found().empty()) return json.null();
    const auto& edge = last ? walk.found().back() : walk.found().front();
    json.value(std::string_view(page_link(call, parameter, write_cursor(key, edge.place))));
  };
  json.member("first", std::string_view(page_link(call, {}, {})));
  link("prev", walk.has_previous(), "page[before]", false);
  link("next", walk.has_next(), "page[after]", true);
  json.end_object();
  json.end_object();
  response.headers.emplace_back("Byline-Position", std::to_string(reader.tail().value));
  return response;
}

class RowSource final : public ResourceSource {
 public:
  using Load = std::function<Resource(const Reader&, std::string_view, std::string_view)>;
  RowSource(const Reader& reader, std::unique_ptr<RowCursor> cursor, const std::string& start, Load load)
      : reader_(reader), cursor_(std::move(cursor)), load_(std::move(load)) {
    if (!start.empty() && cursor_->valid() && cursor_->key() == start) cursor_->next();
  }
  Step next(std::string& key, Resource& resource) override {
    if (!cursor_->valid()) return Step::end;
    key = cursor_->key();
    resource = load_(reader_, cursor_->key(), cursor_->value());
    cursor_->next();
    return Step::found;
  }

 private:
  const Reader& reader_;
  std::unique_ptr<RowCursor> cursor_;
  Load load_;
};

}  // namespace

Awaitable<Response> reply_list(Call& call, const ResourceSpec& spec, OpenSource open,
                               IncludeResources include) {
  auto query = read_query(call, spec);
  if (!query) co_return std::move(query.error());
  std::optional<ListPlace> start;
  const auto& cursor = query->before.empty() ? query->after : query->before;
  if (!cursor.empty()) {
    start = read_cursor(cursor_key(call, *query), cursor);
    if (!start) {
      co_return reply_error({400,
                             "invalid_cursor",
                             "This cursor is not one that this list gave out, sorted as it is here.",
                             {},
                             query->before.empty() ? "page[after]" : "page[before]",
                             {}});
    }
  }
  auto reader = call.services.engine.snapshot();
  if (!reader) co_return reply_unavailable("the storage is being opened");

  PageWalk walk(*query, std::move(start));
  auto source = walk.open(open, *reader);
  auto executor = co_await boost::asio::this_coro::executor;
  std::string key;
  Resource resource;
  using Step = ResourceSource::Step;
  Stretch stretch;
  for (auto step = source->next(key, resource); step != Step::end; step = source->next(key, resource)) {
    if (step == Step::found && !walk.take(key, std::move(resource))) break;
    resource = {};
    if (stretch.is_over()) co_await stretch.rest(executor);
  }
  std::optional<std::size_t> total;
  if (query->total) {
    total = 0;
    auto all = open(*reader, {}, Direction::forward);
    for (auto step = all->next(key, resource); step != Step::end; step = all->next(key, resource)) {
      ResourceValues values(resource);
      if (step == Step::found && passes(*query, resource, values)) ++*total;
      resource = {};
      if (stretch.is_over()) co_await stretch.rest(executor);
    }
  }
  walk.finish();
  co_return reply_page(call, *reader, walk, *query, include, total);
}

OpenSource rows_of(View view, std::string prefix,
                   std::function<Resource(const Reader&, std::string_view, std::string_view)> load) {
  return [view, prefix = std::move(prefix), load = std::move(load)](
             const Reader& reader, const std::string& start, Direction direction) {
    // A cursor made elsewhere must not lead out of what this caller may see.
    bool ours = start.starts_with(prefix);
    auto from = ours ? std::string_view(start) : std::string_view();
    return std::make_unique<RowSource>(reader, reader.scan(view, prefix, from, direction),
                                       ours ? start : std::string(), load);
  };
}

}  // namespace byline::http
