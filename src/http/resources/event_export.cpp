// The organization's part of the log, entry by entry: what `byline replay --url` reads.

#include <spdlog/spdlog.h>

#include <boost/asio/this_coro.hpp>
#include <charconv>

#include "events/codec.hpp"
#include "http/resources/audit_right.hpp"
#include "http/resources/audit_source.hpp"
#include "http/resources/resources.hpp"
#include "http/stretch.hpp"
#include "projections/audit.hpp"
#include "projections/key.hpp"

namespace byline::http {
namespace {

constexpr std::size_t kExportPiece = 64 * 1024;  ///< bytes, after which a piece is sent

class EventExport final : public BodyStream {
 public:
  EventExport(const Call& call, Position after, Places::Place place)
      : right_(call),
        place_(std::move(place)),
        prefix_(audit_prefix(call.organization())),
        after_(after),
        end_(call.services.engine.tail()) {}

  void stop() override { stopping_ = true; }

  Awaitable<std::optional<std::string>> next() override {
    std::string text;
    while (text.empty() && after_ < end_) {
      if (stopping_ || !read_some(text)) co_return std::nullopt;
      if (text.empty()) {  // others have their turn before it looks on
        co_await Stretch().rest(co_await boost::asio::this_coro::executor);
      }
    }
    co_return text;
  }

 private:
  bool read_some(std::string& text) try {
    auto reader = right_.services().engine.reader();
    if (!reader || !right_.holds()) return false;
    Stretch stretch;
    for (AuditWalk walk(*reader, prefix_, after_, Direction::forward); !stretch.is_over();) {
      auto entry = walk.next();
      if (!entry || entry->position > end_) {
        after_ = end_;
        return true;
      }
      hide_secrets(*entry);
      encode(*entry, text);
      text += '\n';
      after_ = entry->position;
      if (text.size() >= kExportPiece) return true;
    }
    return true;
  } catch (const std::exception& error) {
    spdlog::error("the log cannot be exported: {}", error.what());
    return false;
  }

  /// What proves a secret is nobody's to read.
  static void hide_secrets(LogEntry& entry) {
    std::visit(
        [](auto& fact) {
          std::remove_cvref_t<decltype(fact)>::fields(
              fact, []<class Value>(std::string_view name, Value& value, const auto&...) {
                if constexpr (std::is_same_v<Value, std::string>) {
                  if (is_hidden_field(name)) value.clear();
                }
              });
        },
        entry.event);
  }

  AuditRight right_;
  const Places::Place place_;
  const std::string prefix_;
  Position after_;
  const Position end_;
  bool stopping_ = false;
};

}  // namespace

Awaitable<Response> export_audit_events(Call& call) {
  if (auto refused = require(call, Area::admin_audit, Operation::view)) co_return std::move(*refused);
  Position after;
  for (const auto& [name, value] : call.query) {
    auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), after.value);
    bool is_number = error == std::errc() && end == value.data() + value.size();
    if (name != "after" || !is_number) {
      co_return reply_error(
          {400,
           name == "after" ? "invalid_parameter" : "unknown_parameter",
           name == "after" ? "It is the position of an event." : "There is no such query parameter here.",
           {},
           name,
           {}});
    }
  }
  if (!call.services.engine.reader()) co_return reply_unavailable("the storage is being opened anew");
  auto place = enter_stream(call);
  if (!place) co_return reply_too_many_streams();
  Response response;
  response.content_type = "application/x-ndjson";
  response.stream = std::make_unique<EventExport>(call, after, std::move(*place));
  co_return response;
}

}  // namespace byline::http
