#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "events/event.hpp"
#include "history/names.hpp"

namespace byline::history {

/// How events are written, a line each.
class Form {
 public:
  virtual ~Form() = default;
  /// What stands before everything else, with its line feed; may be empty.
  virtual std::string head() const { return {}; }
  /// With its line feed. `bytes`: as the log has it. `names`: including those that this event tells of.
  virtual std::string line(const LogEntry& entry, std::string_view bytes, const Names& names) const = 0;
};

/// For people: position, time, who, what, to what, and the event's own fields.
std::unique_ptr<Form> text_form(bool color);
/// For people in a hurry: position, time, and the event in plain words.
std::unique_ptr<Form> words_form(bool color);
/// The log's own bytes.
std::unique_ptr<Form> json_form();
/// RFC 4180, with a head.
std::unique_ptr<Form> csv_form();
/// The Open Cybersecurity Schema Framework 1.3, one JSON object a line.
std::unique_ptr<Form> ocsf_form();
/// By name: `text`, `words`, `json`, `csv`, `ocsf`; nullptr for every other one. `color`: where it is for
/// people.
std::unique_ptr<Form> form_named(std::string_view name, bool color);

/// Terminals obey control characters and marks of writing direction; a text of the log must not make them.
std::string printable(std::string text);
/// The same for several lines, whose line feeds stay.
std::string printable_lines(const std::string& text);

}  // namespace byline::history
