#pragma once

#include <rocksdb/cache.h>
#include <rocksdb/options.h>

#include <memory>
#include <string_view>

namespace byline {

/// How the database as a whole is tuned.
rocksdb::DBOptions database_options();

/// How the column family of this name is tuned.
rocksdb::ColumnFamilyOptions family_options(std::string_view name);

/// Rows of files that are read over and over, found without looking for them in the file's index and blocks.
/// Only for a database that is opened to be written, and in which no ranges are deleted: opened
/// read-only, RocksDB 7.8 takes what stands in it for newer than what is to be read, and does not find
/// it.
std::shared_ptr<rocksdb::Cache> row_cache();

/// RocksDB counts for each thread what it does, every comparison of two keys too, which nobody here asks for.
/// From now on it does not for the thread that calls.
void count_nothing_of_rocksdb();

}  // namespace byline
