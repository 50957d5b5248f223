#include "engine/rocks_options.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/compaction_filter.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/perf_level.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/table_properties_collectors.h>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <memory>

#include "engine/clock.hpp"
#include "engine/kept_answers.hpp"
#include "engine/usage.hpp"
#include "engine/used_once.hpp"
#include "projections/applications.hpp"

namespace byline {
namespace {

constexpr std::size_t kBlockCacheBytes = 256 << 20;
constexpr std::size_t kRowCacheBytes = 32 << 20;
constexpr std::size_t kMemtableBytes = 64 << 20;
constexpr double kFilterOfMemtable = 0.02;  ///< its size, of the memtable's
constexpr std::size_t kAllMemtablesBytes = 512 << 20;
/// To be read again after a kill, at 5 to 10 ms a megabyte and some hundred more to write it to tables.
constexpr std::size_t kWriteAheadBytes = 64 << 20;

std::shared_ptr<rocksdb::Cache> block_cache() {
  static auto cache = rocksdb::NewLRUCache(kBlockCacheBytes);
  return cache;
}

/// What a walk over applications whose names look the same begins with, so that filters tell where there are
/// none.
class LookalikePrefix final : public rocksdb::SliceTransform {
 public:
  const char* Name() const override { return "byline.lookalike"; }
  bool InDomain(const rocksdb::Slice& key) const override {
    return key.size() >= kLookalikePrefixBytes && is_lookalike_key(key.ToStringView());
  }
  rocksdb::Slice Transform(const rocksdb::Slice& key) const override {
    return {key.data(), kLookalikePrefixBytes};
  }
};

/// Lets answers go when their time is over.
class ExpiryFilter final : public rocksdb::CompactionFilter {
 public:
  bool Filter(int, const rocksdb::Slice&, const rocksdb::Slice& value, std::string*, bool*) const override {
    return is_expired_answer(value.ToStringView(), system_now());
  }
  const char* Name() const override { return "byline.answers"; }
};

/// Lets counts of uses go likewise, and what was used once.
class UsageFilter final : public rocksdb::CompactionFilter {
 public:
  bool Filter(int, const rocksdb::Slice& key, const rocksdb::Slice& value, std::string*,
              bool*) const override {
    auto now = system_now();
    return is_expired_use(key.ToStringView(), now) ||
           is_expired_mark(key.ToStringView(), value.ToStringView(), now);
  }
  const char* Name() const override { return "byline.usage"; }
};

/// What RocksDB has to say goes to our own log. Its log file would lie on the very disk that may be full, and
/// a second failed write to it ends the process where RocksDB is built with assertions, as Debian's is.
class Logger final : public rocksdb::Logger {
 public:
  Logger() : rocksdb::Logger(rocksdb::InfoLogLevel::WARN_LEVEL) {}
  using rocksdb::Logger::Logv;
  void Logv(const char* format, va_list arguments) override {
    Logv(rocksdb::InfoLogLevel::WARN_LEVEL, format, arguments);
  }
  void Logv(rocksdb::InfoLogLevel level, const char* format, va_list arguments) override {
    if (level < GetInfoLogLevel()) return;
    char line[512];
    std::vsnprintf(line, sizeof line, format, arguments);
    // Files that were put into a view as a whole have none, and never will.
    bool is_expected = std::string_view(line).find("opened without unique ID") != std::string_view::npos;
    spdlog::log(is_expected ? spdlog::level::debug : spdlog::level::warn, "rocksdb: {}", line);
  }
};

}  // namespace

rocksdb::DBOptions database_options() {
  rocksdb::DBOptions options;
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  options.db_write_buffer_size = kAllMemtablesBytes;
  options.max_total_wal_size = kWriteAheadBytes;
  options.max_background_jobs = 2;
  // A torn last record is what a kill leaves behind and was never acknowledged; damage anywhere else must be
  // seen, not skipped.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  options.track_and_verify_wals_in_manifest = true;
  // One thread writes: what RocksDB does for many would only cost.
  options.allow_concurrent_memtable_write = false;
  options.enable_write_thread_adaptive_yield = false;
  options.info_log = std::make_shared<Logger>();
  // After a failed write the engine opens the database anew; RocksDB must not go on by itself meanwhile.
  options.max_bgerror_resume_count = 0;
  options.max_open_files = 256;  // the rest of the process' descriptors are for connections
  return options;
}

std::shared_ptr<rocksdb::Cache> row_cache() {
  static auto cache = rocksdb::NewLRUCache(kRowCacheBytes);
  return cache;
}

void count_nothing_of_rocksdb() { rocksdb::SetPerfLevel(rocksdb::PerfLevel::kDisable); }

rocksdb::ColumnFamilyOptions family_options(std::string_view name) {
  rocksdb::ColumnFamilyOptions options;
  options.write_buffer_size = kMemtableBytes;
  options.compression = rocksdb::kLZ4Compression;
  // The first byte of a key tells what it is of; within one of these most keys grow, as positions and ids do,
  // and the place of the last is close to that of the next.
  options.memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(1));
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = block_cache();
  table.format_version = 5;
  if (name == "log") {
    options.bottommost_compression = rocksdb::kZSTD;
    table.block_size = 32 << 10;  // read in sequence
  } else {
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10, false));
    table.block_size = 8 << 10;
  }
  if (name == "tree") options.compression = rocksdb::kNoCompression;  // hashes have no patterns
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  if (name.starts_with("view.")) {
    // An index that things leave again fills with marks of deletions, over which every walk has to step.
    options.table_properties_collector_factories = {rocksdb::NewCompactOnDeletionCollectorFactory(1024, 512)};
    // Whole files are put into a view that is built anew, which must hold up nobody who writes elsewhere, and
    // is better put in order seldom.
    options.level0_file_num_compaction_trigger = 8;
    options.level0_slowdown_writes_trigger = options.level0_stop_writes_trigger = 1 << 30;
  }
  if (name.starts_with("view.applications.")) {
    options.prefix_extractor = std::make_shared<LookalikePrefix>();
    options.memtable_prefix_bloom_size_ratio = kFilterOfMemtable;
  }
  if (name == "keys") {  // whether there is one is asked before each is made
    options.memtable_prefix_bloom_size_ratio = kFilterOfMemtable;
    options.memtable_whole_key_filtering = true;
  }
  if (name == "answers") {
    static const ExpiryFilter expiry;
    options.compaction_filter = &expiry;
    options.ttl = 24 * 60 * 60;  // seconds: files older than this are compacted, so that the filter sees them
  }
  if (name == "usage") {
    static const UsageFilter usage;
    options.compaction_filter = &usage;
    options.ttl = 24 * 60 * 60;
  }
  return options;
}

}  // namespace byline
