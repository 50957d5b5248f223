#include <iostream>

#include "byline/service.hpp"
#include "cli/program.hpp"

namespace byline::cli {
namespace {

struct LinkOptions {
  std::string data = "data";
  std::string key_file;
  std::string email;
  std::string base_url = "http://127.0.0.1:8080";
  bool without_second_factor = false;
};

int link(const LinkOptions& options) {
  auto path =
      issue_sign_in_link(options.data, options.key_file, options.email, options.without_second_factor);
  if (!path) {
    std::cerr << path.error() << '\n';
    return 1;
  }
  std::cout << options.base_url << *path << '\n';
  return 0;
}

}  // namespace

void add_link(Program& program) {
  auto* command = program.app.add_subcommand(
      "link", "Print a link by which a user can choose a password; no service may be running");
  auto options = std::make_shared<LinkOptions>();
  command->add_option("--data", options->data, "The data directory")->capture_default_str();
  command->add_option("--email", options->email, "The user's e-mail address")->required();
  command->add_option("--base-url", options->base_url, "The service's address as its callers see it")
      ->capture_default_str();
  command->add_option(
      "--key-file", options->key_file,
      "The file with the key-encryption key, where it is not keys.json in the data directory");
  command->footer("Example:\n  byline link --data ./data --email ada@example.org");
  command->callback([&program, options] { program.run = [options] { return link(*options); }; });
}

}  // namespace byline::cli
