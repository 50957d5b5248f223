#include "engine/fresh_fold.hpp"

#include <stdexcept>

#include "engine/rocks_options.hpp"
#include "engine/rocks_row_cursor.hpp"
#include "events/codec.hpp"
#include "projections/key.hpp"

namespace byline {
namespace {

constexpr std::size_t kFoldBatch = 4096;  ///< entries folded between two writes

void must_hold(const rocksdb::Status& status) {
  if (!status.ok())
    throw std::runtime_error("rows cannot be kept in a temporary directory: " + status.ToString());
}

}  // namespace

FreshFold::FreshFold(std::shared_ptr<const ViewSet> views, Keep keep)
    : views_(std::move(views)), keep_(keep) {
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const auto* projection : *views_) {
    auto name = "view." + std::string(projection->name());
    families.emplace_back(name, family_options(name));
  }
  families.emplace_back(rocksdb::kDefaultColumnFamilyName, family_options("default"));
  rocksdb::DB* rocks = nullptr;
  auto opened =
      rocksdb::DB::Open(database_options(), directory_.path().string(), families, &families_, &rocks);
  rocks_.reset(rocks);
  must_hold(opened);
  rows_.reserve(views_->size());
  for (std::size_t i = 0; i < views_->size(); ++i) rows_.emplace_back(*rocks_, families_[i], writes_);
}

FreshFold::~FreshFold() {
  rows_.clear();
  if (rocks_) {
    for (auto* family : families_) rocks_->DestroyColumnFamilyHandle(family);
  }
  rocks_.reset();
}

void FreshFold::apply(const LogEntry& entry) {
  for (const auto* projection : *views_)
    projection->apply(entry, rows_[static_cast<std::size_t>(projection->view())]);
  tail_ = entry.position;
  if (keep_ == Keep::entries) {
    std::string shown;
    encode(entry, shown);
    must_hold(writes_.Put(families_.back(), make_key(entry.position), shown));
  }
  if (++pending_ == kFoldBatch) write_out();
}

void FreshFold::write_out() {
  for (auto& rows : rows_) rows.flush();
  rocksdb::WriteOptions bulk;
  bulk.disableWAL = true;
  must_hold(rocks_->Write(bulk, &writes_));
  writes_.Clear();
  pending_ = 0;
}

namespace {

class FoldReader final : public Reader {
 public:
  FoldReader(rocksdb::DB& rocks, const std::vector<rocksdb::ColumnFamilyHandle*>& families, Position tail)
      : rocks_(rocks), families_(families), tail_(tail) {}

  std::optional<std::string> get(View view, std::string_view key) const override {
    return read(families_[static_cast<std::size_t>(view)], key);
  }
  std::unique_ptr<RowCursor> scan(View view, std::string_view prefix, std::string_view start,
                                  Direction direction) const override {
    std::unique_ptr<rocksdb::Iterator> rows(
        rocks_.NewIterator({}, families_[static_cast<std::size_t>(view)]));
    return std::make_unique<RocksRowCursor>(std::move(rows), std::string(prefix), start, direction);
  }
  std::optional<LogEntry> entry(Position position) const override {
    auto bytes = read(families_.back(), make_key(position));
    return bytes ? std::optional(decode(*bytes).value()) : std::nullopt;
  }
  Position tail() const override { return tail_; }

 private:
  std::optional<std::string> read(rocksdb::ColumnFamilyHandle* family, std::string_view key) const {
    std::string value;
    auto status = rocks_.Get({}, family, key, &value);
    if (status.IsNotFound()) return std::nullopt;
    must_hold(status);
    return value;
  }

  rocksdb::DB& rocks_;
  const std::vector<rocksdb::ColumnFamilyHandle*>& families_;
  const Position tail_;
};

}  // namespace

std::unique_ptr<Reader> FreshFold::reader() {
  write_out();
  return std::make_unique<FoldReader>(*rocks_, families_, tail_);
}

RowsCompared FreshFold::compare(const Database& database, View view) {
  write_out();
  return compare_rows({database.rocks(), *database.rows(view)},
                      {*rocks_, *families_[static_cast<std::size_t>(view)]})
      .value();
}

}  // namespace byline
