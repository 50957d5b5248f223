#pragma once

#include <spdlog/common.h>

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <variant>

namespace byline {

enum class LogFormat : std::uint8_t { text, json };

/// Sets where and how the process logs: to stderr, one line an event. To be called once, before other threads
/// run. False for a level that spdlog does not know.
bool start_logging(LogFormat format, std::string_view level);

struct LogField {
  std::string_view key;
  std::variant<std::string_view, std::int64_t, double> value;
};

/// Writes one structured line: `event key=value …`, or a JSON object with the same members. Never give it a
/// token, a secret or an e-mail address. Thread-safe.
void log_line(spdlog::level::level_enum level, std::string_view event,
              std::initializer_list<LogField> fields);

}  // namespace byline
