#include <iostream>
#include <nlohmann/json.hpp>

#include "byline/upgrade.hpp"
#include "cli/program.hpp"
#include "cli/progress.hpp"

namespace byline::cli {
namespace {

struct UpgradeOptions {
  std::string data = "data";
  std::string key_file;
  bool check = false;
  bool json = false;
};

void print(const UpgradePlan& plan, const UpgradeOptions& options) {
  if (options.json) {
    nlohmann::ordered_json line = {
        {"release", plan.release}, {"entries", plan.entries}, {"steps", plan.steps}};
    line["written_by"] =
        plan.written_by.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(plan.written_by);
    std::cout << line.dump() << '\n';
    return;
  }
  std::cout << "Byline " << plan.release << " opens the data in " << options.data << ", which "
            << (plan.written_by.empty() ? "a build before the first release" : "Byline " + plan.written_by)
            << " wrote: " << plan.entries << " entries, all of which it knows.\n";
  for (const auto& step : plan.steps) std::cout << "- " << step << '\n';
  if (plan.steps.empty()) std::cout << "Nothing in it has to change.\n";
}

int run(const UpgradeOptions& options) {
  std::expected<UpgradePlan, std::string> plan;
  {
    Progress progress(Progress::Output::afterwards);
    plan = plan_upgrade(options.data, [&](auto position, auto last) { progress.tell(position, last); });
  }
  if (!plan) return fail(plan.error());
  print(*plan, options);
  if (options.check) return 0;
  std::expected<void, std::string> done;
  {
    Progress progress(Progress::Output::afterwards);
    done = upgrade(options.data, options.key_file,
                   [&](auto position, auto last) { progress.tell(position, last); });
  }
  if (!done) return fail(done.error());
  if (!options.json) std::cout << "Done.\n";
  return 0;
}

}  // namespace

void add_upgrade(Program& program) {
  auto* command = program.app.add_subcommand(
      "upgrade", "Bring a data directory to this release, or say what that would do");
  auto options = std::make_shared<UpgradeOptions>();
  command->add_option("--data", options->data, "The data directory")->capture_default_str();
  command->add_option(
      "--key-file", options->key_file,
      "The file with the key-encryption key, where it is not keys.json in the data directory");
  command->add_flag("--check", options->check,
                    "Only say what would happen; a service may be using the directory meanwhile");
  command->add_flag("--json", options->json, "Print one JSON object");
  command->footer(
      "A start of the service does the same by itself, beside serving. This does it beforehand, and ends "
      "when "
      "it is done.\n\nExamples:\n  byline upgrade --check --data ./data\n  byline upgrade --data ./data\n\n"
      "Exit status: 0 when this release opens the data; 1 when not.");
  command->callback([&program, options] { program.run = [options] { return run(*options); }; });
}

}  // namespace byline::cli
