// The change feed: the log's events as server-sent events (https://html.spec.whatwg.org, §9.2). Nothing is
// buffered for anybody: each reader has a place in the log, and is read to from there as fast as it takes.

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <charconv>

#include "http/guard.hpp"
#include "http/resources/audit_right.hpp"
#include "http/resources/audit_source.hpp"
#include "http/resources/resources.hpp"
#include "http/stretch.hpp"
#include "projections/key.hpp"
#include "telemetry/log_line.hpp"

namespace byline::http {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kFeedPiece = 64 * 1024;  ///< bytes, after which a piece is sent
constexpr auto kHeartbeat = 15s;
constexpr int kMostFailures = 20;
constexpr auto kApart = 20ms;  ///< between two looks
constexpr auto kPlaceEvery = 1s;
constexpr auto kWithoutStorage = 500ms;
constexpr auto kTooSlow = 10s;  ///< for one piece

constexpr ParameterSpec kEventFeedParameters[] = {
    {"after", "the position behind which to begin; without it, and without Last-Event-ID, only what is new"}};

std::string end_of_feed(std::string_view reason, std::string_view detail) {
  std::string text = "event: end\ndata: ";
  JsonWriter json(text);
  json.begin_object();
  json.member("reason", reason);
  json.member("detail", detail);
  json.end_object();
  return text + "\n\n";
}

class EventFeed final : public BodyStream {
 public:
  EventFeed(const Call& call, ResourceQuery query, Position after, Places::Place place)
      : right_(call),
        query_(std::move(query)),
        place_(std::move(place)),
        prefix_(audit_index_prefix(call)),
        after_(after),
        began_(after),
        told_(after) {}

  ~EventFeed() override {
    log_line(spdlog::level::info, "feed ended",
             {{"actor", std::string_view(to_string(right_.principal().account))},
              {"reason", std::string_view(reason_)},
              {"after", static_cast<std::int64_t>(began_.value)},
              {"position", static_cast<std::int64_t>(after_.value)}});
  }

  void stop() override {
    stopping_ = true;
    right_.services().news.arrived();
  }

  Awaitable<std::optional<std::string>> next() override {
    if (is_over_) co_return std::string();
    if (!std::exchange(has_begun_, true)) co_return "retry: 2000\n" + heartbeat();
    if (auto slow = std::chrono::steady_clock::now() - given_; gave_data_ && slow > kTooSlow)
      co_return end("too_slow", "What was sent was not taken in time. Come back with Last-Event-ID.");
    auto started = std::chrono::steady_clock::now();
    for (;;) {
      if (stopping_) co_return end("stopping", "The service stops. Come back with Last-Event-ID.");
      if (!is_let_in()) co_return end("not_permitted", "The caller may not read the audit any more.");
      auto piece = read_piece();
      if (failures_ > kMostFailures)
        co_return end("unreadable", "The log cannot be read. Come back with Last-Event-ID.");
      if (!piece.empty()) {
        given_ = std::chrono::steady_clock::now();
        gave_data_ = true;
        co_return piece;
      }
      gave_data_ = false;
      // A place that has moved on without an event is told too, but not for every event that is filtered
      // away.
      auto waited = std::chrono::steady_clock::now() - started;
      auto due =
          after_ > told_ ? std::chrono::milliseconds(kPlaceEvery) : std::chrono::milliseconds(kHeartbeat);
      if (waited >= due) co_return heartbeat();
      if (std::exchange(is_behind_, false)) {  // others have their turn before it looks on
        co_await Stretch().rest(co_await boost::asio::this_coro::executor);
        continue;
      }
      // News come with every commit; each reader is woken for them so often and no more.
      if (auto apart = kApart - (std::chrono::steady_clock::now() - woken_); apart > 0ms)
        co_await right_.services().news.pause(std::chrono::duration_cast<std::chrono::milliseconds>(apart) +
                                              1ms);
      woken_ = std::chrono::steady_clock::now();
      auto rest = std::chrono::duration_cast<std::chrono::milliseconds>(due - waited) + 1ms;
      if (!has_storage_) rest = std::min<std::chrono::milliseconds>(rest, kWithoutStorage);
      co_await right_.services().news.wait(
          rest, [this] { return stopping_ || (has_storage_ && right_.services().engine.tail() > after_); });
    }
  }

 private:
  bool is_let_in() try { return right_.holds(); } catch (const std::exception& error) {
    spdlog::error("a feed cannot read who may read it: {}", error.what());
    has_storage_ = false;
    return true;  // nothing is read without the storage either
  }

  std::string end(std::string_view reason, std::string_view detail) {
    is_over_ = true;
    reason_ = reason;
    return end_of_feed(reason, detail);
  }

  /// Keeps what stands between from thinking that nobody is there; and an id without data moves the reader's
  /// place on.
  std::string heartbeat() {
    told_ = after_;
    return id_line(after_) + ": heartbeat\n\n";
  }

  /// What there is behind `after_`, as far as it fits; empty where there is nothing.
  std::string read_piece() try {
    std::string text;
    auto reader = right_.services().engine.reader();
    has_storage_ = reader != nullptr;
    if (!reader) return text;
    // Everything up to here is in the index; what comes meanwhile is met the next time.
    auto tail = reader->tail();
    if (tail <= after_) return text;
    auto source = audit_source(*reader, prefix_, after_, Direction::forward);
    std::string key;
    Resource resource;
    auto seen = after_, last_sent = told_;
    Stretch stretch;
    bool at_end = false;
    while (text.size() < kFeedPiece && !stretch.is_over()) {
      if (source->next(key, resource) == ResourceSource::Step::end) {
        at_end = true;
        break;
      }
      auto position = position_at_end(key);
      if (position > tail) {
        at_end = true;
        break;
      }
      seen = position;
      if (!is_wanted(resource)) continue;
      last_sent = position;
      write_event(text, resource);
    }
    if (at_end) seen = tail;
    // Where nothing was for this reader, it moves on all the same; heartbeats tell it so.
    after_ = seen;
    if (!text.empty()) told_ = last_sent;
    is_behind_ = !at_end;
    return text;
  } catch (const std::exception& error) {
    if (failures_++ == 0) spdlog::error("a feed cannot read the log: {}", error.what());
    has_storage_ = false;
    return {};
  }

  bool is_wanted(const Resource& resource) const {
    ResourceValues values(resource);
    return std::ranges::all_of(query_.filters,
                               [&](const Filter& filter) { return matches(filter, values.at(filter.name)); });
  }

  static std::string id_line(Position position) { return "id: " + std::to_string(position.value) + "\n"; }

  void write_event(std::string& text, const Resource& resource) const {
    text += "id: " + resource.id + "\ndata: ";
    JsonWriter json(text);
    write_resource(json, resource, query_.fields_of(resource.type));
    text += "\n\n";
  }

  AuditRight right_;
  const ResourceQuery query_;
  const Places::Place place_;
  const std::string prefix_;
  Position after_;
  Position began_;
  Position told_;  ///< the last id that was sent
  std::chrono::steady_clock::time_point given_;
  std::chrono::steady_clock::time_point woken_;
  std::string reason_ = "left";
  int failures_ = 0;
  bool gave_data_ = false;
  bool is_behind_ = false;  ///< there is more to look at, now
  bool has_storage_ = true;
  bool has_begun_ = false;
  bool is_over_ = false;
  bool stopping_ = false;
};

/// Where the caller wants to begin; the error is the answer.
std::expected<Position, Response> start_of(const Call& call) {
  auto tail = call.services.engine.tail();
  constexpr std::string_view kHeader = "Last-Event-ID";
  const auto* parameter = query_value(call, "after");
  auto header = call.request.header(kHeader);
  // What a browser sends when it comes back is newer than the address it came to first.
  auto text = header.empty() && parameter ? std::string_view(*parameter) : header;
  if (text.empty()) return tail;
  Position after;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), after.value);
  bool is_header = !header.empty();
  auto refuse_with = [&](std::string detail) {
    return std::unexpected(reply_error({400,
                                        is_header ? "invalid_header" : "invalid_parameter",
                                        std::move(detail),
                                        {},
                                        is_header ? std::string() : "after",
                                        is_header ? std::string(kHeader) : std::string()}));
  };
  if (error != std::errc() || end != text.data() + text.size())
    return refuse_with("It is the position of an event.");
  if (after > tail) return refuse_with("The log ends at position " + std::to_string(tail.value) + ".");
  return after;
}

}  // namespace

const ResourceSpec kEventFeed{kAuditEvents.type,   kAuditEvents.summary, kAuditEvents.attributes, {}, false,
                              kEventFeedParameters};

Awaitable<Response> stream_audit_events(Call& call) {
  if (auto refused = require(call, Area::admin_audit, Operation::view)) co_return std::move(*refused);
  auto query = read_query(call, kEventFeed);
  if (!query) co_return std::move(query.error());
  auto after = start_of(call);
  if (!after) co_return std::move(after.error());
  auto place = enter_stream(call);
  if (!place) co_return reply_too_many_streams();
  Response response;
  response.content_type = "text/event-stream";
  response.headers.emplace_back("X-Accel-Buffering", "no");  // nginx would keep it back
  response.stream = std::make_unique<EventFeed>(call, std::move(*query), *after, std::move(*place));
  co_return response;
}

}  // namespace byline::http
