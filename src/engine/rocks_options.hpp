#pragma once

#include <rocksdb/options.h>

#include <string_view>

namespace byline {

/// How the database as a whole is tuned.
rocksdb::DBOptions database_options();

/// How the column family of this name is tuned.
rocksdb::ColumnFamilyOptions family_options(std::string_view name);

}  // namespace byline
