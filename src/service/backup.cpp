#include "byline/backup.hpp"

#include <rocksdb/utilities/backup_engine.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "engine/directory_lock.hpp"
#include "engine/frozen_copy.hpp"
#include "events/codec.hpp"
#include "projections/organizations.hpp"
#include "security/base64.hpp"
#include "service/check_log.hpp"
#include "service/new_directory.hpp"

namespace byline {
namespace {

namespace fs = std::filesystem;

rocksdb::BackupEngineOptions options_of(const fs::path& folder) {
  rocksdb::BackupEngineOptions options(folder.string());
  options.max_background_operations = 2;
  options.sync = true;
  return options;
}

template <class Engine>
std::expected<std::unique_ptr<Engine>, std::string> open_folder(const fs::path& folder) {
  Engine* engine = nullptr;
  auto status = Engine::Open(options_of(folder), rocksdb::Env::Default(), &engine);
  if (!status.ok())
    return std::unexpected("The backups in " + folder.string() + " cannot be opened: " + status.ToString() +
                           ".");
  return std::unique_ptr<Engine>(engine);
}

BackupInfo info_of(const rocksdb::BackupInfo& backup) {
  BackupInfo info;
  info.number = backup.backup_id;
  info.made_at = to_string(Time{backup.timestamp * kMicrosPerSecond});
  info.bytes = backup.size;
  auto noted = nlohmann::json::parse(backup.app_metadata, nullptr, false);
  if (noted.is_object()) {
    info.position = noted.value("position", std::uint64_t{0});
    info.release = noted.value("release", "");
    info.log = noted.value("log", "");
    info.organization = noted.value("organization", "");
  }
  return info;
}

std::vector<BackupInfo> backups_in(const rocksdb::BackupEngineReadOnlyBase& engine) {
  std::vector<rocksdb::BackupInfo> found;
  engine.GetBackupInfo(&found);
  std::vector<BackupInfo> backups;
  backups.reserve(found.size());
  for (const auto& each : found) backups.push_back(info_of(each));
  std::vector<rocksdb::BackupID> damaged;
  engine.GetCorruptedBackups(&damaged);
  for (auto number : damaged) {
    auto& backup = backups.emplace_back();
    backup.number = number;
    backup.is_damaged = true;
  }
  std::ranges::sort(backups, {}, &BackupInfo::number);
  return backups;
}

/// What tells one log from another, and a person whose it is.
struct LogMarks {
  std::string log;           ///< of its first entry, which never changes
  std::string organization;  ///< the name of that which was founded first
};
LogMarks marks_of(const Database& database) {
  std::string first;
  if (!database.log().read_one({1}, first)) return {};
  LogMarks marks;
  marks.log = security::sha256_base64url(first);
  std::string row;
  auto entry = decode(first);
  auto key = entry ? organization_key(entry->organization) : std::string();
  if (database.rocks().Get({}, database.rows(View::organizations), key, &row).ok())
    marks.organization = parse_organization_row(row).name;
  return marks;
}

std::string no_backup(std::uint32_t number, const fs::path& folder) {
  return "There is no backup " + std::to_string(number) + " in " + folder.string() + ".";
}

bool holds_backups(const fs::path& folder) { return fs::is_directory(folder / "meta"); }

}  // namespace

std::expected<BackupInfo, std::string> back_up(const fs::path& data, const fs::path& folder,
                                               std::uint32_t keep, const BackupProgress& progress) try {
  if (!Database::exists(data)) return std::unexpected("There is no Byline data in " + data.string() + ".");
  if (Database::exists(folder))
    return std::unexpected(folder.string() + " is a data directory, and no folder of backups.");
  auto lock = DirectoryLock::acquire(folder);
  if (!lock) return std::unexpected(lock.error());
  const FrozenCopy copy(data);
  auto opened = Database::open(copy.path(), Database::Mode::read_write);
  if (!opened) return std::unexpected(opened.error());
  auto& database = **opened;
  // Of its own bookkeeping while it copies, RocksDB would warn.
  database.rocks().GetDBOptions().info_log->SetInfoLogLevel(rocksdb::InfoLogLevel::ERROR_LEVEL);
  if (auto sound = check_log(database, {.progress = progress}); !sound)
    return std::unexpected("No backup is made of a log that is damaged. " + sound.error() +
                           " byline verify tells all.");
  auto engine = open_folder<rocksdb::BackupEngine>(folder);
  if (!engine) return std::unexpected(engine.error());
  auto marks = marks_of(database);
  for (const auto& other : backups_in(**engine)) {
    if (!other.log.empty() && other.log != marks.log)
      return std::unexpected("The backups in " + folder.string() +
                             " are of another log: name a folder of its own for this one.");
  }
  nlohmann::json noted = {{"position", database.log().tail().value},
                          {"release", to_string(this_release())},
                          {"log", marks.log},
                          {"organization", marks.organization}};
  rocksdb::CreateBackupOptions how;
  how.flush_before_backup = true;
  rocksdb::BackupID number = 0;
  auto status = (*engine)->CreateNewBackupWithMetadata(how, &database.rocks(), noted.dump(), &number);
  if (status.ok()) {
    status = (*engine)->VerifyBackup(number, /*verify_with_checksum=*/true);
    if (!status.ok()) (void)(*engine)->DeleteBackup(number).ok();
  }
  if (status.ok() && keep > 0) status = (*engine)->PurgeOldBackups(keep);
  if (!status.ok())
    return std::unexpected("The backup cannot be made in " + folder.string() + ": " + status.ToString() +
                           ".");
  rocksdb::BackupInfo made;
  if (auto found = (*engine)->GetBackupInfo(number, &made); !found.ok())
    return std::unexpected("The backup that was made cannot be found: " + found.ToString() + ".");
  return info_of(made);
} catch (const std::exception& error) {
  return std::unexpected("The data in " + data.string() + " cannot be backed up: " + error.what() + ".");
}

std::expected<std::vector<BackupInfo>, std::string> list_backups(const fs::path& folder) {
  if (!holds_backups(folder)) return std::unexpected("There are no backups in " + folder.string() + ".");
  auto engine = open_folder<rocksdb::BackupEngineReadOnly>(folder);
  if (!engine) return std::unexpected(engine.error());
  return backups_in(**engine);
}

std::expected<void, std::string> delete_backup(const fs::path& folder, std::uint32_t number) {
  if (!holds_backups(folder)) return std::unexpected("There are no backups in " + folder.string() + ".");
  auto lock = DirectoryLock::acquire(folder);
  if (!lock) return std::unexpected(lock.error());
  auto engine = open_folder<rocksdb::BackupEngine>(folder);
  if (!engine) return std::unexpected(engine.error());
  auto backups = backups_in(**engine);
  if (std::ranges::find(backups, number, &BackupInfo::number) == backups.end())
    return std::unexpected(no_backup(number, folder));
  auto status = (*engine)->DeleteBackup(number);
  if (status.ok()) status = (*engine)->GarbageCollect();
  if (status.ok()) return {};
  return std::unexpected("The backup " + std::to_string(number) + " in " + folder.string() +
                         " cannot be deleted: " + status.ToString() + ".");
}

std::expected<BackupInfo, std::string> restore_backup(const fs::path& folder, std::uint32_t number,
                                                      const fs::path& data, const BackupProgress& progress) {
  auto backups = list_backups(folder);
  if (!backups) return std::unexpected(backups.error());
  auto chosen = number == 0 ? backups->end() - (backups->empty() ? 0 : 1)
                            : std::ranges::find(*backups, number, &BackupInfo::number);
  if (chosen == backups->end()) {
    return std::unexpected(number == 0 ? "There are no backups in " + folder.string() + "."
                                       : no_backup(number, folder));
  }
  if (chosen->is_damaged)
    return std::unexpected(
        "The backup " + std::to_string(chosen->number) + " in " + folder.string() +
        " is damaged: files of it are missing or of another size. --backup names another.");
  auto engine = open_folder<rocksdb::BackupEngineReadOnly>(folder);
  if (!engine) return std::unexpected(engine.error());
  auto fill = [&](const fs::path& beside) -> std::expected<void, std::string> {
    auto damaged = "The backup " + std::to_string(chosen->number) + " is damaged. ";
    auto status = (*engine)->VerifyBackup(chosen->number, /*verify_with_checksum=*/true);
    if (!status.ok()) return std::unexpected(damaged + status.ToString() + ".");
    auto database = (beside / "db").string();
    status = (*engine)->RestoreDBFromBackup(rocksdb::RestoreOptions(), chosen->number, database, database);
    if (!status.ok()) return std::unexpected("The backup cannot be restored: " + status.ToString() + ".");
    auto opened = Database::open(beside, Database::Mode::read_only);
    if (!opened) return std::unexpected(opened.error());
    if (auto sound = check_log(**opened, {.progress = progress}); !sound)
      return std::unexpected(damaged + sound.error());
    return {};
  };
  if (auto made = make_directory(data, fill); !made) return std::unexpected(made.error());
  return *chosen;
}

}  // namespace byline
