#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>

#include "byline/version.hpp"
#include "cli/options.hpp"
#include "engine/log_line.hpp"

namespace byline::cli {

void add_version(Program& program) {
  auto* command = program.app.add_subcommand("version", "Print the release");
  auto json = std::make_shared<bool>(false);
  command->add_flag("--json", *json, "Print one JSON object");
  command->footer("Example:\n  byline version --json");
  command->callback([&program, json] {
    program.run = [json] {
      std::cout << (*json ? nlohmann::json{{"version", version()}}.dump()
                          : std::string("byline ") + version())
                << '\n';
      return 0;
    };
  });
}

namespace {

/// `--config FILE` wherever it stands, or BYLINE_CONFIG: needed before everything else is parsed.
std::string configuration_file(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    std::string_view word = argv[i];
    if (word == "--config" && i + 1 < argc) return argv[i + 1];
    if (word.starts_with("--config=")) return std::string(word.substr(9));
  }
  const char* named = std::getenv("BYLINE_CONFIG");
  return named ? named : "";
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
  add_version(program);
  name_environment(app);
  if (file = configuration_file(argc, argv); !file.empty()) {
    if (auto wrong = apply_configuration(app, file); !wrong.empty()) {
      std::cerr << wrong << '\n';
      return 1;
    }
  }
  start_logging(LogFormat::text, "warning");  // standard output is for what was asked; serve says how it logs
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error);
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
