#include "engine/rebuild.hpp"
#include "engine/directory_lock.hpp"

#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/program.hpp"
#include "service/keys.hpp"

namespace byline::cli {
namespace {

struct RebuildOptions {
  std::string data = "data";
  std::string key_file;
  std::vector<std::string> views;
  bool all = false;
  bool json = false;
};

std::expected<std::vector<View>, std::string> chosen_views(const RebuildOptions& options) {
  std::vector<View> views;
  if (options.all) {
    for (const auto* projection : projections()) views.push_back(projection->view());
    return views;
  }
  for (const auto& name : options.views) {
    auto view = view_named(name);
    if (!view) return std::unexpected("There is no view \"" + name + "\".");
    views.push_back(*view);
  }
  if (views.empty()) return std::unexpected(std::string("Name the views to rebuild, or say --all."));
  return views;
}

void print(const RebuildReport& report, bool json) {
  if (json) {
    nlohmann::ordered_json line = {{"view", name_of(report.view)},
                                   {"checkpoint", report.checkpoint.value},
                                   {"rows", report.rows},
                                   {"identical", report.identical},
                                   {"seconds", report.seconds}};
    if (!report.identical) line["first_difference"] = report.first_difference;
    std::cout << line.dump() << '\n';
    return;
  }
  std::printf(
      "%-14s %8llu rows at position %llu  %s  %.3f s\n", std::string(name_of(report.view)).c_str(),
      static_cast<unsigned long long>(report.rows), static_cast<unsigned long long>(report.checkpoint.value),
      report.identical ? "identical to the rows before"
                       : ("DIFFERENT from the rows before, first at key " + report.first_difference).c_str(),
      report.seconds);
}

int rebuild(const RebuildOptions& options) {
  auto views = chosen_views(options);
  if (!views) return fail(views.error());
  if (!Database::exists(options.data)) {
    return fail("There is no Byline data in " + options.data + ".");
  }
  auto lock = DirectoryLock::acquire(options.data);
  if (!lock) return fail(lock.error());
  auto keys = keys_of({.data = options.data, .file = options.key_file});
  if (!keys) return fail(keys.error());
  auto database = Database::open(options.data, Database::Mode::read_write, keys->seal_key);
  if (!database) return fail(database.error());
  bool identical = true;
  for (View view : *views) {
    auto report = rebuild_view(**database, view);
    if (!report) return fail(report.error());
    print(*report, options.json);
    identical = identical && report->identical;
  }
  return identical ? 0 : 2;
}

}  // namespace

void add_rebuild(Program& program) {
  auto* command = program.app.add_subcommand(
      "rebuild", "Build views anew from the log and compare them with what was there");
  auto options = std::make_shared<RebuildOptions>();
  std::string names;
  for (const auto* projection : projections())
    names += (names.empty() ? "" : ", ") + std::string(name_of(projection->view()));
  command->add_option("--data", options->data, "The data directory; no service may be using it")
      ->capture_default_str();
  command->add_option(
      "--key-file", options->key_file,
      "The file with the key-encryption key, where it is not keys.json in the data directory");
  command->add_option("views", options->views, "Views: " + names)->take_all();
  command->add_flag("--all", options->all, "Every view");
  command->add_flag("--json", options->json, "Print one JSON object a view");
  command->footer(
      "Examples:\n  byline rebuild --data ./data --all\n  byline rebuild --data ./data applications "
      "bylines\n\n"
      "Exit status: 0 when the rows came out identical; 2 when they differed (the new ones are in place); 1 "
      "on failure.");
  command->callback([&program, options] { program.run = [options] { return rebuild(*options); }; });
}

}  // namespace byline::cli
