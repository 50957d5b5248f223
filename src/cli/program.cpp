#include "cli/program.hpp"

#include <sys/stat.h>

#include <iostream>

#include <toml++/toml.h>
#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <sstream>

namespace byline::cli {
namespace {

/// `max-body-bytes` → `BYLINE_MAX_BODY_BYTES`.
std::string variable_of(const std::string& option) {
  std::string name = "BYLINE_";
  for (char c : option)
    name += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return name;
}

std::string text_of(const toml::node& value) {
  if (auto text = value.value<std::string>()) return *text;
  std::ostringstream out;
  out << toml::node_view<const toml::node>(value);
  return out.str();
}

CLI::Option* find_option(CLI::App& subcommand, const std::string& name) {
  auto* option = subcommand.get_option_no_throw("--" + name);
  return option && option->get_configurable() ? option : nullptr;
}

/// The value stands unless a flag or a variable says otherwise, and satisfies an option that is required. The
/// error is what is wrong with the value.
std::string set_default(CLI::Option& option, const toml::node& value) {
  try {
    option.default_val(text_of(value));
  } catch (const CLI::Error&) {
    return "cannot be " + text_of(value);
  }
  option.required(false);
  return {};
}

/// What is wrong with the table, beginning with the key; empty when nothing is.
std::string apply_table(CLI::App& subcommand, const toml::table& table) {
  for (const auto& [key, value] : table) {
    std::string name(key.str());
    std::ranges::replace(name, '_', '-');
    auto* option = find_option(subcommand, name);
    auto wrong = option ? set_default(*option, value) : "is an unknown key";
    if (!wrong.empty()) return std::string(key.str()) + " " + wrong;
  }
  return {};
}

/// The same as JSON; times become texts.
nlohmann::json json_of(const toml::node& value) {
  if (const auto* table = value.as_table()) {
    auto object = nlohmann::json::object();
    for (const auto& [key, member] : *table) object[std::string(key.str())] = json_of(member);
    return object;
  }
  if (const auto* list = value.as_array()) {
    auto array = nlohmann::json::array();
    for (const auto& member : *list) array.push_back(json_of(member));
    return array;
  }
  if (const auto* truth = value.as_boolean()) return truth->get();
  if (const auto* number = value.as_integer()) return number->get();
  if (const auto* number = value.as_floating_point()) return number->get();
  return text_of(value);
}

}  // namespace

CLI::Validator at_least_one() {
  return {[](const std::string& text) {
            bool is_zero = text.find_first_not_of('0') == std::string::npos;
            return is_zero || text.starts_with('-') ? "must be at least 1" : std::string();
          },
          "≥ 1"};
}

void keep_from_others() { ::umask(077); }

int fail(const std::string& sentence) {
  std::cerr << sentence << '\n';
  return 1;
}

void name_environment(CLI::App& app) {
  for (auto* subcommand : app.get_subcommands({})) {
    for (auto* option : subcommand->get_options()) {
      if (option->get_lnames().empty() || option->get_lnames().front() == "help") continue;
      if (!option->get_configurable()) continue;  // what is asked for once, or done once
      option->envname(variable_of(option->get_lnames().front()));
    }
    name_environment(*subcommand);
  }
}

std::string apply_configuration(Program& program, const std::string& file) {
  auto& app = program.app;
  toml::table root;
  try {
    root = toml::parse_file(file);
  } catch (const toml::parse_error& error) {
    return "The configuration " + file + " cannot be read: " + std::string(error.description()) + ".";
  }
  for (const auto& [key, value] : root) {
    std::string name(key.str());
    if (name == "projection") {
      if (!value.is_array_of_tables())
        return "In the configuration " + file +
               ", projection is no list of tables: write [[projection]] above each.";
      program.projections = json_of(value).dump();
      continue;
    }
    auto subcommands =
        app.get_subcommands([&name](CLI::App* candidate) { return candidate->get_name() == name; });
    if (const auto* table = value.as_table(); table && !subcommands.empty()) {
      if (auto wrong = apply_table(*subcommands.front(), *table); !wrong.empty()) {
        return "In the configuration " + file + ", " + name + "." + wrong + ".";
      }
      continue;
    }
    std::ranges::replace(name, '_', '-');
    bool known = false;
    for (auto* subcommand : app.get_subcommands({})) {
      if (auto* option = find_option(*subcommand, name)) {
        auto wrong = set_default(*option, value);
        if (!wrong.empty())
          return "In the configuration " + file + ", " + std::string(key.str()) + " " + wrong + ".";
        known = true;
      }
    }
    if (!known) return "In the configuration " + file + ", " + std::string(key.str()) + " is an unknown key.";
  }
  return {};
}

}  // namespace byline::cli
