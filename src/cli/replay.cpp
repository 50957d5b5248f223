#include <csignal>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

#include "byline/service.hpp"
#include "cli/program.hpp"
#include "events/codec.hpp"
#include "events/json_fields.hpp"

namespace byline::cli {
namespace {

struct ReplayOptions {
  std::string data = "data";
  std::uint64_t from = 1;
  std::uint64_t to = UINT64_MAX;
  bool json = false;
};

/// Names that events told of, so that lines name people and programs rather than ids.
class Names {
 public:
  std::string of(const std::string& id) const {
    if (id == to_string(kSystemAccount)) return "System";
    auto found = names_.find(id);
    return found == names_.end() ? id : found->second;
  }
  void learn(const LogEntry& entry) {
    std::visit(
        [&](const auto& event) {
          if constexpr (requires { event.name; }) names_[to_string(Id<void>{entry.subject.id})] = event.name;
        },
        entry.event);
  }

 private:
  std::map<std::string, std::string> names_;
};

/// A permission matrix as `intake:view,edit people:view`; a level below all stands behind its operation.
std::string permissions_text(const nlohmann::ordered_json& matrix) {
  std::string text;
  for (const auto& [area, operations] : matrix.items()) {
    text += (text.empty() ? "" : " ") + area;
    char separator = ':';
    for (const auto& [operation, level] : operations.items()) {
      text += separator + operation;
      if (level != "all") text += "=" + level.get<std::string>();
      separator = ',';
    }
  }
  return "[" + text + "]";
}

/// The event's own fields as `name=value`, ids of known things by their names.
std::string fields_of(const LogEntry& entry, const Names& names) {
  std::string data;
  JsonWriter writer(data);
  std::visit([&writer](const auto& event) { json_fields::write_struct(writer, event); }, entry.event);
  std::string text;
  auto fields = nlohmann::ordered_json::parse(data);
  for (const auto& [key, value] : fields.items()) {
    text += "  " + key + "=";
    if (key == "permissions") {
      text += permissions_text(value);
    } else if (value.is_array()) {
      std::string list;
      for (const auto& item : value)
        list +=
            (list.empty() ? "" : ", ") + (item.is_string() ? names.of(item.get<std::string>()) : item.dump());
      text += "[" + list + "]";
    } else {
      text += value.is_string() ? nlohmann::json(names.of(value.get<std::string>())).dump() : value.dump();
    }
  }
  return text;
}

/// One line an event: position, time, actor, type, subject, what it says.
std::string line_of(const LogEntry& entry, const Names& names) {
  auto subject = to_string(Id<void>{entry.subject.id});
  auto name = names.of(subject);
  auto line = std::to_string(entry.position.value);
  line.insert(0, line.size() < 8 ? 8 - line.size() : 0, ' ');
  line += "  " + to_string(entry.at) + "  " + names.of(to_string(entry.actor)) + "  " +
          std::string(type_name(entry.event));
  line += "  " + std::string(name_of(entry.subject.kind)) + " " + subject;
  if (name != subject) line += " (" + name + ")";
  return line + fields_of(entry, names);
}

/// Terminals obey control characters; a line of the log must not make them.
std::string printable(std::string text) {
  for (auto& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  }
  auto blank = [&text](std::string_view control) {
    for (auto at = text.find(control); at != std::string::npos; at = text.find(control, at))
      text.replace(at, control.size(), " ");
  };
  for (int low = 0x80; low < 0xA0; ++low) blank(std::string{'\xC2', static_cast<char>(low)});  // C1
  // Of writing direction (UAX #9): they would show a line in another order than it has.
  for (auto control :
       {"\xD8\x9C", "\xE2\x80\x8E", "\xE2\x80\x8F", "\xE2\x80\xAA", "\xE2\x80\xAB", "\xE2\x80\xAC",
        "\xE2\x80\xAD", "\xE2\x80\xAE", "\xE2\x81\xA6", "\xE2\x81\xA7", "\xE2\x81\xA8", "\xE2\x81\xA9"}) {
    blank(control);
  }
  return text;
}

int replay(const ReplayOptions& options) {
  std::signal(SIGPIPE, SIG_DFL);  // `| head` ends us quietly
  Names names;
  // Names are told from the beginning on, whatever part is printed.
  std::uint64_t after = options.json && options.from > 0 ? options.from - 1 : 0;
  bool unknown = false;
  auto read = read_log(options.data, after, [&](std::uint64_t position, std::string_view bytes) {
    if (position > options.to) return false;
    bool shown = position >= options.from;
    if (options.json) {
      std::cout << bytes << '\n';
      return std::cout.good();
    }
    auto entry = decode(bytes);
    if (!entry) {
      // Of another release, or damaged: shown as it is.
      unknown = true;
      if (shown)
        std::cout << "       ?  " << entry.error().reason << ": " << printable(std::string(bytes)) << '\n';
      return std::cout.good();
    }
    names.learn(*entry);
    if (shown) std::cout << printable(line_of(*entry, names)) << '\n';
    return std::cout.good();
  });
  std::cout.flush();
  if (!read) {
    std::cerr << read.error() << '\n';
    return 1;
  }
  return unknown ? 2 : 0;
}

}  // namespace

void add_replay(Program& program) {
  auto* command = program.app.add_subcommand(
      "replay", "Print the history, one line an event, whether or not a service is running");
  auto options = std::make_shared<ReplayOptions>();
  command->add_option("--data", options->data, "The data directory")->capture_default_str();
  command->add_option("--from", options->from, "The first position to print")->capture_default_str();
  command->add_option("--to", options->to, "The last position to print");
  command->add_flag("--json", options->json, "Print the log's own JSON, one object a line");
  command->footer(
      "Examples:\n  byline replay --data ./data\n  byline replay --data ./data --from 100 --to 200\n  byline "
      "replay --data ./data --json | jq .type\n\n"
      "Exit status: 0; 1 when the log cannot be read; 2 when it has events that this release does not know.");
  command->callback([&program, options] { program.run = [options] { return replay(*options); }; });
}

}  // namespace byline::cli
