#include <iostream>

#include "byline/service.hpp"
#include "cli/program.hpp"

namespace byline::cli {
namespace {

struct EraseOptions {
  std::string data = "data";
  std::string key_file;
  std::string subject;
};

int erase(const EraseOptions& options) {
  auto erased = erase_subject(options.data, options.key_file, options.subject);
  if (!erased) return fail(erased.error());
  std::cout << "The personal data of the " << erased->kind << " " << erased->id
            << " is erased. Backups made before still hold it.\n";
  return 0;
}

}  // namespace

void add_erase(Program& program) {
  auto* command = program.app.add_subcommand(
      "erase", "Make somebody's personal data unreadable for ever; no service may be running");
  auto options = std::make_shared<EraseOptions>();
  command->add_option("--data", options->data, "The data directory")->capture_default_str();
  command
      ->add_option("--subject", options->subject,
                   "The id of the user, application or record; one that is still there is deleted with it")
      ->required()
      ->configurable(false);
  command->add_option(
      "--key-file", options->key_file,
      "The file with the key-encryption key, where it is not keys.json in the data directory");
  command->footer(
      "Example:\n  byline erase --data ./data --subject 01a20e90-…\n\n"
      "Exit status: 0 when it is done, also where it was before; 1 on failure.");
  command->callback([&program, options] { program.run = [options] { return erase(*options); }; });
}

}  // namespace byline::cli
