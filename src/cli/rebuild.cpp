#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

#include "byline/service.hpp"
#include "cli/program.hpp"
#include "cli/progress.hpp"
#include "cli/token.hpp"

namespace byline::cli {
namespace {

struct RebuildOptions {
  LogPlace place;
  std::string token_file;
  ViewWork work;
  bool all = false;
  bool json = false;
};

std::string outcome_of(const ViewWorkDone& done, bool verified) {
  if (!done.failure.empty()) return "NOT BUILT: " + done.failure;
  if (!done.identical) return verified ? "not compared" : "built; there were no rows to compare with";
  if (*done.identical) return verified ? "right" : "identical to the rows before";
  return std::string(verified ? "WRONG" : "DIFFERENT from the rows before") + ", first at key " +
         done.first_difference;
}

void print(const ViewWorkDone& done, const RebuildOptions& options) {
  if (options.json) {
    nlohmann::ordered_json line = {{"view", done.view}, {"checkpoint", done.position}, {"rows", done.rows}};
    line["identical"] = done.identical ? nlohmann::ordered_json(*done.identical) : nullptr;
    if (!done.first_difference.empty()) line["first_difference"] = done.first_difference;
    if (!done.failure.empty()) line["failure"] = done.failure;
    std::cout << line.dump() << '\n';
    return;
  }
  std::printf("%-15s %9llu rows at position %llu  %s\n", done.view.c_str(),
              static_cast<unsigned long long>(done.rows), static_cast<unsigned long long>(done.position),
              outcome_of(done, options.work.verify).c_str());
}

int rebuild(RebuildOptions options) {
  if (options.work.views.empty() && !options.all) return fail("Name the views, or say --all.");
  if (options.all) options.work.views.clear();
  auto token = token_of(options.token_file);
  if (!token) return fail(token.error());
  options.place.token = *token;
  std::expected<std::vector<ViewWorkDone>, std::string> report;
  {
    Progress progress(Progress::Output::afterwards);
    report = work_on_views(options.place, options.work,
                           [&](auto position, auto last) { progress.tell(position, last); });
  }
  if (!report) return fail(report.error());
  bool failed = false, differs = false;
  for (const auto& done : *report) {
    print(done, options);
    failed = failed || !done.failure.empty();
    differs = differs || !done.identical.value_or(true);
  }
  return failed ? 1 : differs ? 2 : 0;
}

}  // namespace

void add_rebuild(Program& program) {
  auto* command =
      program.app.add_subcommand("rebuild", "Build views anew from the log, or hold them against it");
  auto options = std::make_shared<RebuildOptions>();
  std::string names;
  for (const auto& name : view_names()) names += (names.empty() ? "" : ", ") + name;
  command->add_option("--data", options->place.data, "The data directory, which no service is using")
      ->capture_default_str();
  command->add_option(
      "--key-file", options->place.key_file,
      "The file with the key-encryption key, where it is not keys.json in the data directory");
  command->add_option("--url", options->place.url, "Have this service do it, beside its other work");
  command->add_option(
      "--token-file", options->token_file,
      "A file with the token of somebody who may edit the organization there; else BYLINE_TOKEN");
  command->add_option("--ca-file", options->place.ca_file, "PEM: whom to trust behind --url");
  command
      ->add_option("views", options->work.views,
                   "Views: " + names + ", and the projections that the configuration defines")
      ->take_all();
  command->add_flag("--all", options->all, "Every view");
  command->add_flag("--verify", options->work.verify,
                    "Fold the log afresh and compare, and leave the rows as they are");
  command->add_option("--throttle", options->work.most_per_second, "At most so many events a second")
      ->check(at_least_one());
  command->add_flag("--json", options->json, "Print one JSON object a view");
  command->footer(
      "Examples:\n  byline rebuild --data ./data --all\n  byline rebuild --data ./data applications "
      "bylines\n  byline rebuild --url https://byline.example.org --all --verify\n\n"
      "Exit status: 0 when the rows came out identical; 2 when they differed (rebuilt ones are in place); 1 "
      "on failure.");
  command->callback([&program, options] { program.run = [options] { return rebuild(*options); }; });
}

}  // namespace byline::cli
