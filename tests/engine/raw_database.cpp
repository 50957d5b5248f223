#include "raw_database.hpp"

#include <stdexcept>

namespace byline::test {
namespace {

void must(const rocksdb::Status& status) {
  if (!status.ok()) throw std::runtime_error(status.ToString());
}

}  // namespace

std::vector<std::string> families_in(const std::filesystem::path& directory) {
  std::vector<std::string> names;
  must(rocksdb::DB::ListColumnFamilies({}, directory / "db", &names));
  return names;
}

void with_family(const std::filesystem::path& directory, const std::string& name,
                 const std::function<void(rocksdb::DB&, rocksdb::ColumnFamilyHandle*)>& use) {
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const auto& family : families_in(directory))
    families.emplace_back(family, rocksdb::ColumnFamilyOptions());
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* raw = nullptr;
  must(rocksdb::DB::Open({}, directory / "db", families, &handles, &raw));
  std::unique_ptr<rocksdb::DB> database(raw);
  bool found = false;
  for (auto* handle : handles) {
    if (handle->GetName() == name) {
      found = true;
      use(*database, handle);
    }
    must(database->DestroyColumnFamilyHandle(handle));
  }
  if (!found) throw std::runtime_error("no column family " + name);
}

std::string log_key(std::uint64_t position) {
  std::string key;
  for (int shift = 56; shift >= 0; shift -= 8) key += static_cast<char>(position >> shift & 0xFF);
  return key;
}

}  // namespace byline::test
