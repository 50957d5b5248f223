// The organization's part of the log, entry by entry: what `byline replay --url` reads.

#include <spdlog/spdlog.h>

#include <array>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>

#include "events/codec.hpp"
#include "http/guard.hpp"
#include "http/resources/audit_source.hpp"
#include "http/resources/resources.hpp"
#include "projections/audit.hpp"
#include "projections/key.hpp"

namespace byline::http {
namespace {

constexpr std::size_t kPiece = 64 * 1024;  ///< bytes, after which a piece is sent
constexpr int kMostSteps = 500;            ///< entries looked at for one piece

class EventExport final : public BodyStream {
 public:
  EventExport(const Services& services, const OrganizationId& organization, Position after)
      : services_(services),
        prefix_(audit_prefix(organization)),
        after_(after),
        end_(services.engine.tail()) {}

  void stop() override { stopping_ = true; }

  Awaitable<std::string> next() override {
    std::string text;
    while (text.empty() && after_ < end_ && !stopping_) {
      if (!read_some(text)) break;
      if (text.empty()) {  // others have their turn before it looks on
        co_await boost::asio::post(co_await boost::asio::this_coro::executor,
                                   boost::asio::use_awaitable_t<Executor>{});
      }
    }
    co_return text;
  }

 private:
  bool read_some(std::string& text) try {
    auto reader = services_.engine.reader();
    if (!reader) return false;
    int steps = 0;
    for (auto walk = AuditWalk(*reader, prefix_, after_, Direction::forward); steps++ < kMostSteps;) {
      auto entry = walk.next();
      if (!entry || entry->position > end_) {
        after_ = end_;
        return true;
      }
      hide_secrets(*entry);
      encode(*entry, text);
      text += '\n';
      after_ = entry->position;
      if (text.size() >= kPiece) return true;
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

  const Services& services_;
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
  Response response;
  response.content_type = "application/x-ndjson";
  response.stream = std::make_unique<EventExport>(call.services, call.organization(), after);
  co_return response;
}

}  // namespace byline::http
