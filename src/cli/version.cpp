#include "byline/version.hpp"

#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/program.hpp"

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

}  // namespace byline::cli
