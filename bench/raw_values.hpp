#pragma once

#include <rocksdb/db.h>

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

namespace byline {

/// Values of 445 bytes that RocksDB iterated a second on the machine that the goals are from: goals that are
/// absolute figures hold for one like that, and as a part of what RocksDB iterates for any other.
inline constexpr double kGoalsIteration = 2.44e6;

/// 445 bytes of JSON, as a registration's event was before personal data was sealed.
inline std::string raw_event(std::uint64_t number) {
  auto text = std::to_string(1'000'000'000 + number);
  std::string event = R"({"position":)" + text + R"(,"id":"01890a5d-ac96-774b-bcce-b30)" + text.substr(1) +
                      R"(","type":"ApplicationRegistered","version":1,"at":"2026-03-01T08:15:30.000125Z",)"
                      R"("actor":"01890a5d-ac96-774b-bcce-b302099a8057","subject":{"kind":"application",)"
                      R"("id":"01890a5d-ac96-774b-bcce-b30)" +
                      text.substr(1) + R"("},"data":{"name":"Program )" + text + R"(","email":"program)" +
                      text + R"(@example.org","url":"https://example.org/hook","description":")";
  constexpr std::size_t kBytes = 445;
  constexpr std::string_view kEnd = R"("}})";
  event.append(kBytes - kEnd.size() - event.size(), 'd');
  return event.append(kEnd);
}

inline void check(const rocksdb::Status& status) {
  if (!status.ok()) throw std::runtime_error(status.ToString());
}

/// A database of RocksDB's own settings, with values of 445 bytes in files whose pages are in memory. The
/// folder is made, and goes with it.
class RawValues {
 public:
  explicit RawValues(std::filesystem::path folder) : folder_(std::move(folder)) {
    std::filesystem::remove_all(folder_);
    rocksdb::Options options;
    options.create_if_missing = true;
    options.compression = rocksdb::kLZ4Compression;
    rocksdb::DB* opened = nullptr;
    check(rocksdb::DB::Open(options, folder_.string(), &opened));
    database_.reset(opened);
    for (std::uint64_t i = 0; i < kCount; ++i)
      check(database_->Put({}, "iterated/" + std::to_string(1'000'000 + i), raw_event(i)));
    check(database_->Flush({}));
    check(database_->CompactRange({}, nullptr, nullptr));
  }
  ~RawValues() {
    database_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  RawValues(const RawValues&) = delete;
  RawValues& operator=(const RawValues&) = delete;

  static constexpr std::uint64_t kCount = 500'000;
  rocksdb::DB& database() { return *database_; }

  /// All of them, once.
  void iterate() {
    std::unique_ptr<rocksdb::Iterator> each(database_->NewIterator({}));
    std::uint64_t bytes = 0, count = 0;
    for (each->Seek("iterated/"); each->Valid() && each->key().starts_with("iterated/"); each->Next()) {
      bytes += each->value().size();
      ++count;
    }
    check(each->status());
    if (count != kCount || bytes != kCount * raw_event(0).size())
      throw std::runtime_error("values are missing");
  }

 private:
  std::filesystem::path folder_;
  std::unique_ptr<rocksdb::DB> database_;
};

}  // namespace byline
