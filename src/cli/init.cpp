#include <iostream>
#include <nlohmann/json.hpp>

#include "byline/service.hpp"
#include "cli/program.hpp"

namespace byline::cli {
namespace {

struct InitOptions {
  std::string data = "data";
  Founding founding;
  bool json = false;
};

int init(const InitOptions& options) {
  auto founded = found_organization(options.data, options.founding);
  if (!founded) {
    std::cerr << founded.error() << '\n';
    return 1;
  }
  if (options.json) {
    nlohmann::ordered_json answer = {{"organization_id", founded->organization_id},
                                     {"admin_id", founded->administrator_id},
                                     {"admin_token", founded->administrator_token}};
    std::cout << answer.dump() << '\n';
  } else {
    std::cout << "Organization " << founded->organization_id << '\n'
              << "Administrator " << founded->administrator_id << '\n'
              << "Administrator's token, shown only here: " << founded->administrator_token << '\n';
  }
  return 0;
}

}  // namespace

void add_founding_options(CLI::App& command, Founding& founding) {
  command.add_option("--organization", founding.organization, "The name of the organization to found");
  command.add_option("--admin-name", founding.administrator_name, "Its first administrator's name");
  command.add_option("--admin-email", founding.administrator_email, "That administrator's e-mail address");
  command.add_option("--plan", founding.plan, "enterprise, which includes the API, or standard")
      ->capture_default_str();
}

void add_init(Program& program) {
  auto* command = program.app.add_subcommand("init", "Found an organization with its first administrator");
  auto options = std::make_shared<InitOptions>();
  command->add_option("--data", options->data, "The data directory")->capture_default_str();
  add_founding_options(*command, options->founding);
  for (const char* needed : {"--organization", "--admin-name", "--admin-email"}) {
    command->get_option(needed)->required();
  }
  command->add_flag("--additional", options->founding.additional,
                    "Beside the organizations that are there already");
  command->add_option(
      "--key-file", options->founding.key_file,
      "The file with the key-encryption key, made where it is not there; else keys.json in the data "
      "directory");
  command->add_flag("--json", options->json, "Print one JSON object");
  command->footer(
      "Example:\n  byline init --data ./data --organization \"Harbor County\" --admin-name \"Ada Moreno\" "
      "\\\n"
      "    --admin-email ada@example.org --json");
  command->callback([&program, options] { program.run = [options] { return init(*options); }; });
}

}  // namespace byline::cli
