#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace byline {

/// A backup in a folder of backups.
struct BackupInfo {
  std::uint32_t number = 0;    ///< from 1 on, each larger than the one before
  std::string made_at;         ///< RFC 3339
  std::uint64_t position = 0;  ///< of the last entry in it
  std::uint64_t bytes = 0;     ///< of all its files, of which others may hold some too
  std::string release;         ///< that made it
  std::string log;             ///< the same for all backups of one log; empty where an early build made it
  std::string organization;    ///< the log's first; empty where an early build made the backup
  bool is_damaged = false;  ///< files of it are missing or of another size; nothing else is known of it then
};

using BackupProgress = std::function<void(std::uint64_t done, std::uint64_t all)>;

/// Adds a backup of a data directory, which a service may be writing, to a folder of backups: what is in that
/// already is not copied again. Backups of another log must not be in it. Everything that was acknowledged
/// before is in it. The log is verified, and the files are read again, before it counts; `progress` gets how
/// far the verifying is. `keep`: so many of the newest stay, and older ones go; 0: all stay. The error is a
/// sentence, and the folder then holds what it held.
std::expected<BackupInfo, std::string> back_up(const std::filesystem::path& data,
                                               const std::filesystem::path& folder, std::uint32_t keep = 0,
                                               const BackupProgress& progress = {});

/// The oldest first. The error is a sentence.
std::expected<std::vector<BackupInfo>, std::string> list_backups(const std::filesystem::path& folder);

/// Deletes a backup, sound or damaged, and the files that no other holds. The error is a sentence.
std::expected<void, std::string> delete_backup(const std::filesystem::path& folder, std::uint32_t number);

/// Makes a data directory of a backup, the newest where `number` is 0, and verifies its log. Where the newest
/// is damaged, an older one must be asked for by its number. The directory must not be there yet, or be
/// empty; after an error, or a crash, it is as it was. The key-encryption key is in no backup: it has to be
/// put there. The error is a sentence.
std::expected<BackupInfo, std::string> restore_backup(const std::filesystem::path& folder,
                                                      std::uint32_t number, const std::filesystem::path& data,
                                                      const BackupProgress& progress = {});

}  // namespace byline
