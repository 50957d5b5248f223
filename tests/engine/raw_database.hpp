#pragma once

#include <rocksdb/db.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace byline::test {

/// The column family with this name, of a data directory that nothing else has open; throws where there is
/// none.
void with_family(const std::filesystem::path& directory, const std::string& name,
                 const std::function<void(rocksdb::DB&, rocksdb::ColumnFamilyHandle*)>& use);

std::vector<std::string> families_in(const std::filesystem::path& directory);

/// A position's key in the log.
std::string log_key(std::uint64_t position);

}  // namespace byline::test
