#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "byline/version.hpp"
#include "cli/program.hpp"
#include "telemetry/log_line.hpp"

namespace byline::cli {

namespace {

/// `--config FILE` wherever it stands, the last one, or BYLINE_CONFIG: needed before everything else is
/// parsed.
std::string configuration_file(int argc, char** argv) {
  const char* named = std::getenv("BYLINE_CONFIG");
  std::string file = named ? named : "";
  for (int i = 1; i < argc; ++i) {
    std::string_view word = argv[i];
    if (word == "--config" && i + 1 < argc) file = argv[i + 1];
    if (word.starts_with("--config=")) file = word.substr(9);
  }
  return file;
}

/// What is wrong with the first word that is no option, where it is no command; else empty.
std::string unknown_command(const CLI::App& app, int argc, char** argv) {
  std::string names;
  auto commands = app.get_subcommands([](const CLI::App*) { return true; });
  for (const auto* command : commands) names += (names.empty() ? "" : ", ") + command->get_name();
  for (int i = 1; i < argc; ++i) {
    std::string word = argv[i];
    if (word == "--config") ++i;
    if (word.starts_with('-')) continue;
    if (std::ranges::any_of(commands, [&](const auto* command) { return command->get_name() == word; }))
      return {};
    return "There is no command \"" + word + "\". Commands are: " + names + ".";
  }
  return {};
}

int run(int argc, char** argv) {
  Program program;
  auto& app = program.app;
  app.require_subcommand(1);
  app.fallthrough();
  // The last one counts, so that a script's options can be overridden by those that follow.
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  std::string file;
  app.add_option("--config", file,
                 "A TOML file with values for options; flags and BYLINE_… variables win over it");
  app.footer(
      "Values come from flags, then BYLINE_… environment variables (--max-body-bytes is "
      "BYLINE_MAX_BODY_BYTES),\n"
      "then the TOML file. `byline COMMAND --help` has examples.\n\nExample:\n  byline serve --data ./data");
  add_init(program);
  add_serve(program);
  add_replay(program);
  add_rebuild(program);
  add_verify(program);
  add_upgrade(program);
  add_backup(program);
  add_restore(program);
  add_export(program);
  add_import(program);
  add_witness(program);
  add_keys(program);
  add_link(program);
  add_erase(program);
  add_version(program);
  app.set_version_flag("--version", std::string("byline ") + version(), "Print the release");
  name_environment(app);
  if (auto wrong = unknown_command(app, argc, argv); !wrong.empty()) {
    std::cerr << wrong << '\n';
    return 1;
  }
  if (file = configuration_file(argc, argv); !file.empty()) {
    if (auto wrong = apply_configuration(program, file); !wrong.empty()) {
      std::cerr << wrong << '\n';
      return 1;
    }
  }
  start_logging(LogFormat::text, "warning");  // standard output is for what was asked; serve says how it logs
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 1;
  }
  return program.run();
}

}  // namespace
}  // namespace byline::cli

int main(int argc, char** argv) {
  try {
    return byline::cli::run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "byline: " << error.what() << '\n';
    return 1;
  }
}
