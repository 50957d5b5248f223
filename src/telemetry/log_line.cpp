#include "telemetry/log_line.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <iostream>
#include <string>

#include "events/json_writer.hpp"
#include "events/time.hpp"

namespace byline {
namespace {

std::string now_text() {
  using namespace std::chrono;
  return to_string(Time{duration_cast<microseconds>(system_clock::now().time_since_epoch()).count()});
}

LogFormat format_in_force = LogFormat::text;

std::string fixed(double number) {
  char text[32];
  auto end = std::to_chars(text, text + sizeof text, number, std::chars_format::fixed, 3).ptr;
  return {text, end};
}

void write_text(std::string& line, const LogField& field) {
  line += ' ';
  line += field.key;
  line += '=';
  if (auto* text = std::get_if<std::string_view>(&field.value)) {
    line += *text;
  } else if (auto* whole = std::get_if<std::int64_t>(&field.value)) {
    line += std::to_string(*whole);
  } else {
    line += fixed(std::get<double>(field.value));
  }
}

void write_json(JsonWriter& json, const LogField& field) {
  json.key(field.key);
  if (auto* text = std::get_if<std::string_view>(&field.value)) {
    json.value(*text);
  } else if (auto* whole = std::get_if<std::int64_t>(&field.value)) {
    json.value(*whole);
  } else {
    json.raw(fixed(std::get<double>(field.value)));
  }
}

std::string_view level_name(spdlog::level::level_enum level) {
  auto name = spdlog::level::to_string_view(level);
  return {name.data(), name.size()};
}

/// Lines that a library or an older call wrote as mere text become objects too.
class JsonFormatter final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    std::string_view payload(message.payload.data(), message.payload.size());
    std::string line;
    if (payload.starts_with('{')) {
      line = payload;
    } else {
      JsonWriter json(line);
      json.begin_object();
      json.member("time", std::string_view(now_text()));
      json.member("level", level_name(message.level));
      json.member("message", payload);
      json.end_object();
    }
    line += '\n';
    out.append(line.data(), line.data() + line.size());
  }
  std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<JsonFormatter>(); }
};

}  // namespace

bool start_logging(LogFormat format, std::string_view level) {
  auto wanted = spdlog::level::from_str(std::string(level));
  if (wanted == spdlog::level::off && level != "off") return false;
  format_in_force = format;
  // Buffered: a line a request must not cost a system call a request. What matters is flushed at once.
  std::ios::sync_with_stdio(false);
  auto sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(std::clog);
  auto logger = std::make_shared<spdlog::logger>("byline", sink);
  if (format == LogFormat::json) {
    logger->set_formatter(std::make_unique<JsonFormatter>());
  } else {
    logger->set_formatter(std::make_unique<spdlog::pattern_formatter>("%Y-%m-%dT%H:%M:%S.%fZ %l %v",
                                                                      spdlog::pattern_time_type::utc));
  }
  logger->set_level(wanted);
  logger->flush_on(spdlog::level::warn);
  spdlog::set_default_logger(std::move(logger));
  // A thread of its own, only where there is something to flush.
  if (wanted < spdlog::level::warn) spdlog::flush_every(std::chrono::seconds(1));
  return true;
}

void log_line(spdlog::level::level_enum level, std::string_view event,
              std::initializer_list<LogField> fields) {
  if (!spdlog::should_log(level)) return;
  std::string line;
  if (format_in_force == LogFormat::json) {
    JsonWriter json(line);
    json.begin_object();
    json.member("time", std::string_view(now_text()));
    json.member("level", level_name(level));
    json.member("event", event);
    for (const auto& field : fields) write_json(json, field);
    json.end_object();
  } else {
    line = event;
    for (const auto& field : fields) write_text(line, field);
  }
  spdlog::log(level, spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace byline
