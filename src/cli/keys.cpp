#include <iostream>
#include <nlohmann/json.hpp>

#include "byline/service.hpp"
#include "cli/program.hpp"

namespace byline::cli {
namespace {

struct KeysOptions {
  std::string data = "data";
  std::string key_file;
  std::string algorithm;
  std::string kid;
  bool json = false;
};

int list(const KeysOptions& options) {
  auto keys = list_signing_keys(options.data);
  if (!keys) {
    std::cerr << keys.error() << '\n';
    return 1;
  }
  for (const auto& key : *keys) {
    if (options.json) {
      nlohmann::ordered_json line = {{"id", key.id},
                                     {"kid", key.kid},
                                     {"algorithm", key.algorithm},
                                     {"status", key.status},
                                     {"created_at", key.created_at},
                                     {"use_from", key.use_from}};
      line["good_until"] =
          key.good_until.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(key.good_until);
      std::cout << line.dump() << '\n';
    } else {
      std::cout << key.kid << "  " << key.algorithm << "  " << key.status << "  signs from " << key.use_from
                << (key.good_until.empty() ? "" : ", counts until " + key.good_until) << '\n';
    }
  }
  return 0;
}

int finish(const std::expected<void, std::string>& done, const KeysOptions& options) {
  if (done) return list(options);
  std::cerr << done.error() << '\n';
  return 1;
}

}  // namespace

void add_keys(Program& program) {
  auto* command = program.app.add_subcommand("keys", "The keys that access tokens are signed with");
  command->require_subcommand(1);
  auto options = std::make_shared<KeysOptions>();
  auto add = [&](const char* name, const char* description, auto run) {
    auto* verb = command->add_subcommand(name, description);
    verb->add_option("--data", options->data, "The data directory")->capture_default_str();
    verb->add_flag("--json", options->json, "Print one JSON object a key");
    verb->callback([&program, options, run] { program.run = [options, run] { return run(*options); }; });
    return verb;
  };
  add("list", "List them; a service may be running", list)
      ->footer("Example:\n  byline keys list --data ./data");
  auto* rotate =
      add("rotate", "Make a new one, which signs from now on; no service may be running",
          [](const KeysOptions& chosen) {
            return finish(rotate_signing_key(chosen.data, chosen.key_file, chosen.algorithm), chosen);
          });
  rotate->add_option("--algorithm", options->algorithm, "ES256, EdDSA or RS256; else as before");
  rotate->footer("Example:\n  byline keys rotate --data ./data --algorithm EdDSA");
  auto* revoke = add("revoke", "End one with every token that it signed; no service may be running",
                     [](const KeysOptions& chosen) {
                       return finish(revoke_signing_key(chosen.data, chosen.key_file, chosen.kid), chosen);
                     });
  revoke->add_option("kid", options->kid, "As byline keys list shows it")->required();
  revoke->footer(
      "Example:\n  byline keys revoke --data ./data mJx4ySvZ…\n\nOne that begins with a hyphen, as old keys "
      "may, goes behind --.");
  for (auto* verb : {rotate, revoke}) {
    verb->add_option("--key-file", options->key_file,
                     "The file with the key-encryption key, where it is not keys.json in the data directory");
  }
  command->footer("Example:\n  byline keys list --data ./data");
}

}  // namespace byline::cli
