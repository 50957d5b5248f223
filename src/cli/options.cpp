#include "cli/options.hpp"

#include <toml++/toml.h>
#include <algorithm>
#include <cctype>
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
  return subcommand.get_option_no_throw("--" + name);
}

/// The value stands unless a flag or a variable says otherwise, and satisfies an option that is required.
void set_default(CLI::Option& option, const toml::node& value) {
  option.default_val(text_of(value));
  option.required(false);
}

/// The first key that is no option; empty when all are.
std::string apply_table(CLI::App& subcommand, const toml::table& table) {
  for (const auto& [key, value] : table) {
    std::string name(key.str());
    std::ranges::replace(name, '_', '-');
    auto* option = find_option(subcommand, name);
    if (!option) return std::string(key.str());
    set_default(*option, value);
  }
  return {};
}

}  // namespace

void name_environment(CLI::App& app) {
  for (auto* subcommand : app.get_subcommands({})) {
    for (auto* option : subcommand->get_options()) {
      if (option->get_lnames().empty() || option->get_lnames().front() == "help") continue;
      option->envname(variable_of(option->get_lnames().front()));
    }
  }
}

std::string apply_configuration(CLI::App& app, const std::string& file) {
  toml::table root;
  try {
    root = toml::parse_file(file);
  } catch (const toml::parse_error& error) {
    return "The configuration " + file + " cannot be read: " + std::string(error.description()) + ".";
  }
  for (const auto& [key, value] : root) {
    std::string name(key.str());
    auto subcommands =
        app.get_subcommands([&name](CLI::App* candidate) { return candidate->get_name() == name; });
    if (const auto* table = value.as_table(); table && !subcommands.empty()) {
      if (auto unknown = apply_table(*subcommands.front(), *table); !unknown.empty()) {
        return "The configuration " + file + " has the unknown key " + name + "." + unknown + ".";
      }
      continue;
    }
    std::ranges::replace(name, '_', '-');
    bool known = false;
    for (auto* subcommand : app.get_subcommands({})) {
      if (auto* option = find_option(*subcommand, name)) {
        set_default(*option, value);
        known = true;
      }
    }
    if (!known) return "The configuration " + file + " has the unknown key " + std::string(key.str()) + ".";
  }
  return {};
}

}  // namespace byline::cli
