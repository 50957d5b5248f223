#include "engine/database_reader.hpp"

#include <stdexcept>

#include "engine/rocks_row_cursor.hpp"
#include "events/codec.hpp"

#ifdef __SANITIZE_THREAD__
extern "C" void AnnotateIgnoreReadsBegin(const char* file, int line);
extern "C" void AnnotateIgnoreReadsEnd(const char* file, int line);
#else
#define AnnotateIgnoreReadsBegin(file, line)
#define AnnotateIgnoreReadsEnd(file, line)
#endif

namespace byline {

DatabaseReader::DatabaseReader(std::shared_ptr<Database> database, Kind kind)
    : database_(std::move(database)) {
  if (kind == Kind::moving) return;
  tail_ = database_->log().tail();  // before the snapshot, which then holds all of it
  snapshot_ = database_->rocks().GetSnapshot();
}

DatabaseReader::~DatabaseReader() {
  if (snapshot_) database_->rocks().ReleaseSnapshot(snapshot_);
}

std::optional<std::string> DatabaseReader::get(View view, std::string_view key) const {
  rocksdb::ReadOptions options;
  options.snapshot = snapshot_;
  std::string value;
  // ThreadSanitizer does not see how RocksDB, built without it, hands its cached blocks from thread to
  // thread.
  AnnotateIgnoreReadsBegin(__FILE__, __LINE__);
  auto status = database_->rocks().Get(options, database_->rows(view), key, &value);
  AnnotateIgnoreReadsEnd(__FILE__, __LINE__);
  if (status.IsNotFound()) return std::nullopt;
  if (!status.ok()) throw std::runtime_error("a view cannot be read: " + status.ToString());
  return value;
}

std::unique_ptr<RowCursor> DatabaseReader::scan(View view, std::string_view prefix, std::string_view start,
                                                Direction direction) const {
  rocksdb::ReadOptions options;
  options.snapshot = snapshot_;
  std::unique_ptr<rocksdb::Iterator> iterator(database_->rocks().NewIterator(options, database_->rows(view)));
  return std::make_unique<RocksRowCursor>(std::move(iterator), std::string(prefix), start, direction);
}

std::optional<LogEntry> DatabaseReader::entry(Position position) const {
  std::string bytes;
  if (!database_->log().read_one(position, bytes)) return std::nullopt;
  auto keys = database_->subject_keys();
  auto entry = decode(bytes, &keys);
  if (!entry)
    throw std::runtime_error("the log cannot be read at " + std::to_string(position.value) + ": " +
                             entry.error().reason);
  return std::move(*entry);
}

Position DatabaseReader::tail() const { return snapshot_ ? tail_ : database_->log().tail(); }

}  // namespace byline
