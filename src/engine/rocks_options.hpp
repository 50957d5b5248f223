#pragma once

#include <rocksdb/options.h>

#include <string>
#include <string_view>
#include <unordered_map>

namespace byline {

/// How the database as a whole is tuned.
rocksdb::DBOptions database_options();

enum class FamilyUse : std::uint8_t {
  live,
  bulk,  ///< is being filled: stays as it is, and never holds up who writes elsewhere
};
/// How the column family of this name is tuned.
rocksdb::ColumnFamilyOptions family_options(std::string_view name, FamilyUse use = FamilyUse::live);
/// Of these options those that differ by use, as RocksDB takes them for a column family that is open.
std::unordered_map<std::string, std::string> options_of_use(FamilyUse use);

}  // namespace byline
