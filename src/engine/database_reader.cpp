#include "engine/database_reader.hpp"

#include <stdexcept>
#include <utility>

#include "engine/rocks_options.hpp"
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
  count_nothing_of_rocksdb();
  if (kind == Kind::moving) return;
  // Rows and snapshot of one moment: rows that were put in place after it may be from behind it.
  do {
    if (snapshot_) database_->rocks().ReleaseSnapshot(std::exchange(snapshot_, nullptr));
    rows_epoch_ = database_->live_rows_epoch();
    rows_ = database_->live_rows();
    tail_ = database_->log().tail();  // before the snapshot, which then holds all of it
    snapshot_ = database_->rocks().GetSnapshot();
  } while (rows_epoch_ != database_->live_rows_epoch());
}

/// The rows as they are now: what is written goes only to these.
const Family& DatabaseReader::family(View view) const {
  if (auto epoch = database_->live_rows_epoch(); !snapshot_ && (!rows_ || epoch != rows_epoch_)) {
    rows_epoch_ = epoch;
    rows_ = database_->live_rows();
  }
  const auto& found = (*rows_)[static_cast<std::size_t>(view)];
  if (!found) throw ViewUnavailable(view, database_->views().name_of(view));
  return found;
}

DatabaseReader::~DatabaseReader() {
  if (snapshot_) database_->rocks().ReleaseSnapshot(snapshot_);
}

std::optional<std::string> DatabaseReader::get(View view, std::string_view key) const {
  rocksdb::ReadOptions options;
  options.snapshot = snapshot_;
  std::string value;
  const auto& rows = family(view);
  // ThreadSanitizer does not see how RocksDB, built without it, hands its cached blocks from thread to
  // thread.
  AnnotateIgnoreReadsBegin(__FILE__, __LINE__);
  auto status = database_->rocks().Get(options, rows.get(), key, &value);
  AnnotateIgnoreReadsEnd(__FILE__, __LINE__);
  if (status.IsNotFound()) return std::nullopt;
  if (!status.ok()) throw std::runtime_error("a view cannot be read: " + status.ToString());
  return value;
}

std::unique_ptr<RowCursor> DatabaseReader::scan(View view, std::string_view prefix, std::string_view start,
                                                Direction direction) const {
  rocksdb::ReadOptions options;
  options.snapshot = snapshot_;
  std::unique_ptr<rocksdb::Iterator> iterator(database_->rocks().NewIterator(options, family(view).get()));
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
