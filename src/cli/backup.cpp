#include "byline/backup.hpp"

#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/program.hpp"
#include "cli/progress.hpp"

namespace byline::cli {
namespace {

struct BackupOptions {
  std::string data = "data";
  std::string folder;
  std::uint32_t number = 0;
  std::uint32_t keep = 0;
  std::uint32_t deleted = 0;
  bool list = false;
  bool json = false;
};

void print(const BackupInfo& backup, bool json) {
  if (json) {
    nlohmann::ordered_json line = {{"backup", backup.number},
                                   {"made_at", backup.made_at},
                                   {"position", backup.position},
                                   {"bytes", backup.bytes},
                                   {"release", backup.release},
                                   {"log", backup.log},
                                   {"organization", backup.organization},
                                   {"damaged", backup.is_damaged}};
    std::cout << line.dump() << '\n';
    return;
  }
  if (backup.is_damaged) {
    std::printf("backup %-5u DAMAGED: files of it are missing or of another size\n", backup.number);
    return;
  }
  std::printf("backup %-5u %s  up to position %-12llu %10.1f MB  %s\n", backup.number, backup.made_at.c_str(),
              static_cast<unsigned long long>(backup.position), static_cast<double>(backup.bytes) / 1e6,
              backup.organization.c_str());
}

int run_backup(const BackupOptions& options) {
  if (options.list) {
    auto backups = list_backups(options.folder);
    if (!backups) return fail(backups.error());
    for (const auto& backup : *backups) print(backup, options.json);
    return 0;
  }
  if (options.deleted > 0) {
    auto deleted = delete_backup(options.folder, options.deleted);
    return deleted ? 0 : fail(deleted.error());
  }
  keep_from_others();
  std::expected<BackupInfo, std::string> made;
  {
    Progress progress(Progress::Output::afterwards);
    made = back_up(options.data, options.folder, options.keep,
                   [&](auto done, auto all) { progress.tell(done, all); });
  }
  if (!made) return fail(made.error());
  print(*made, options.json);
  return 0;
}

int run_restore(const BackupOptions& options) {
  std::expected<BackupInfo, std::string> restored;
  {
    Progress progress(Progress::Output::afterwards);
    restored = restore_backup(options.folder, options.number, options.data,
                              [&](auto done, auto all) { progress.tell(done, all); });
  }
  if (!restored) return fail(restored.error());
  print(*restored, options.json);
  if (!options.json)
    std::printf("It is in %s. Put the key-encryption key beside it, and start the service.\n",
                options.data.c_str());
  return 0;
}

}  // namespace

void add_backup(Program& program) {
  auto* command = program.app.add_subcommand("backup", "Back up a data directory, while its service runs");
  auto options = std::make_shared<BackupOptions>();
  command->add_option("--data", options->data, "The data directory")->capture_default_str();
  command
      ->add_option("--to", options->folder,
                   "The folder of backups, on another disk; made where it is not there")
      ->required();
  command->add_option("--keep", options->keep, "Keep so many of the newest, and delete older ones")
      ->check(at_least_one());
  auto* list = command->add_flag("--list", options->list, "Only list the backups that are there");
  list->configurable(false);
  command
      ->add_option("--delete", options->deleted,
                   "Only delete the backup of this number, which may be damaged")
      ->check(at_least_one())
      ->excludes(list)
      ->configurable(false);
  command->add_flag("--json", options->json, "Print one JSON object a backup");
  command->footer(
      "Only what is not in the folder yet is copied. The log is verified before the backup counts. The "
      "key-encryption key\nis not in it: keep a copy elsewhere, for without it no service starts from a "
      "backup. "
      "But the views are in it, with\nnames, addresses and records as they are: guard it as you guard the "
      "data.\n\n"
      "Examples:\n  byline backup --data ./data --to /mnt/backups --keep 30\n  byline backup --to "
      "/mnt/backups "
      "--list\n  byline backup --to /mnt/backups --delete 12\n\nExit status: 0 when it is done; 1 on "
      "failure.");
  command->callback([&program, options] { program.run = [options] { return run_backup(*options); }; });
}

void add_restore(Program& program) {
  auto* command = program.app.add_subcommand("restore", "Make a data directory of a backup");
  auto options = std::make_shared<BackupOptions>();
  command->add_option("--from", options->folder, "The folder of backups")->required();
  command->add_option("--backup", options->number, "Which one; else the newest")->check(at_least_one());
  command->add_option("--data", options->data, "The data directory to make: not there yet, or empty")
      ->capture_default_str();
  command->add_flag("--json", options->json, "Print a JSON object");
  command->footer(
      "Example:\n  byline restore --from /mnt/backups --data ./data && cp /safe/keys.json ./data/\n\n"
      "Exit status: 0 when it is done and the log is right; 1 on failure, and nothing is there then.");
  command->callback([&program, options] { program.run = [options] { return run_restore(*options); }; });
}

}  // namespace byline::cli
