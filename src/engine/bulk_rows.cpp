#include "engine/bulk_rows.hpp"

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <charconv>
#include <memory_resource>
#include <optional>
#include <stdexcept>
#include <utility>

#include "engine/sort_by_key.hpp"

namespace byline {
namespace {

/// Before every key of a view: those begin with a letter.
const std::string kProgressKey("\0progress", 9);
constexpr std::size_t kChangeBytes = 48;  ///< of memory, beside key and value
constexpr std::size_t kPlaceBytes = 48;   ///< more, where it can be found again
constexpr std::size_t kFileBytes = 32 << 20;
constexpr std::size_t kSteadyBytes = 128 << 10;  ///< are sent to the disk together
constexpr std::size_t kArenaBytes = 1 << 20;     ///< that are taken at first

void must(const rocksdb::Status& status) {
  if (!status.ok()) throw std::runtime_error("rows cannot be written: " + status.ToString());
}

rocksdb::Slice slice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }

}  // namespace

/// A part of the fold, and the changes that it made since the rows were handed over last.
class BulkRows::Lane final : public Rows {
 public:
  explicit Lane(const BulkRows& rows) : all_(rows), arena_(kArenaBytes) {}

  std::optional<std::string> get(std::string_view key) override {
    close(key);
    if (const auto* change = find(key))
      return change->fate == Fate::put ? std::optional<std::string>(change->value()) : std::nullopt;
    if (all_.stored_ == Position{}) return std::nullopt;
    std::string value;
    auto status = all_.rocks_.Get({}, all_.family_.get(), slice(key), &value);
    if (status.IsNotFound()) return std::nullopt;
    if (!status.ok()) throw std::runtime_error("a view cannot be read: " + status.ToString());
    return value;
  }
  void put(std::string_view key, std::string value) override {
    take_open(key);
    set_value(change_of(key), value);
  }
  void erase(std::string_view key) override {
    close(key);
    auto& change = change_of(key);
    change.fate = change.is_fresh ? Fate::nothing : Fate::erase;
  }
  void insert(std::string_view key, std::string value) override {
    close(key);
    auto before = changes_.size();
    auto& change = change_of(key);
    change.is_fresh = change.is_fresh || changes_.size() > before;
    set_value(change, value);
  }
  void add(std::string_view key, std::string_view value) override { set_value(new_change(key), value); }
  std::unique_ptr<OpenRow> take_open(std::string_view key) override {
    return open_ && open_->key() == key ? std::move(open_) : nullptr;
  }
  void write_back(std::unique_ptr<OpenRow> row) override {
    close();
    open_ = std::move(row);
  }

  std::size_t bytes() const { return bytes_; }
  /// Whether any of the changes could be needed again: more than entries of an index were added.
  bool is_read_back() const { return !places_.empty() || open_; }
  /// What there is to do; the bytes stay here.
  std::vector<Change> take_changes() {
    close();
    places_.clear();
    latest_ = 0;
    return std::exchange(changes_, {});
  }
  void forget() {
    arena_.release();
    bytes_ = 0;
  }
  void abandon() {
    open_.reset();
    take_changes();
    forget();
  }

 private:
  char* keep(std::string_view bytes) {
    auto* kept = static_cast<char*>(arena_.allocate(bytes.size() + 1, 1));
    bytes.copy(kept, bytes.size());
    bytes_ += bytes.size();
    return kept;
  }
  void close(std::string_view key) {
    if (open_ && open_->key() == key) close();
  }
  void close() {
    if (auto row = std::move(open_)) set_value(change_of(row->key()), row->bytes());
  }
  Change& new_change(std::string_view key) {
    bytes_ += kChangeBytes;
    return changes_.emplace_back(
        Change{.key_bytes = keep(key), .key_size = static_cast<std::uint32_t>(key.size())});
  }
  /// The change of a row that may be read or changed; nullptr where there is none yet. Most often it is that
  /// of the row before: a fold reads a row and then writes it, and a command has several events about one
  /// thing.
  Change* find(std::string_view key) {
    if (latest_ >= changes_.size() || changes_[latest_].key() != key) {
      auto found = places_.find(key);
      if (found == places_.end()) return nullptr;
      latest_ = found->second;
    }
    return &changes_[latest_];
  }
  Change& change_of(std::string_view key) {
    if (auto* known = find(key)) return *known;
    auto& change = new_change(key);
    change.is_fresh = all_.stored_ == Position{};
    latest_ = changes_.size() - 1;
    places_.emplace(change.key(), latest_);
    bytes_ += kPlaceBytes;
    return change;
  }
  void set_value(Change& change, std::string_view value) {
    change.fate = Fate::put;
    change.value_size = static_cast<std::uint32_t>(value.size());
    if (change.value_size <= change.value_room) {
      value.copy(change.value_bytes, value.size());
    } else {
      change.value_bytes = keep(value);
      change.value_room = change.value_size;
    }
  }

  const BulkRows& all_;
  std::pmr::monotonic_buffer_resource arena_;
  std::vector<Change> changes_;
  boost::unordered_flat_map<std::string_view, std::size_t>
      places_;              ///< of changes that may be read or changed
  std::size_t latest_ = 0;  ///< the place of one of them
  std::unique_ptr<OpenRow> open_;
  std::size_t bytes_ = 0;
};

BulkRows::BulkRows(rocksdb::DB& rocks, Family family, std::size_t lanes, std::filesystem::path scratch)
    : rocks_(rocks),
      family_(std::move(family)),
      scratch_(std::move(scratch)),
      file_options_(rocksdb::DBOptions(rocks.GetDBOptions()), rocks.GetOptions(family_.get())),
      folded_(progress_in(rocks, *family_)),
      stored_(folded_) {
  for (std::size_t i = 0; i < lanes; ++i) lanes_.push_back(std::make_unique<Lane>(*this));
  std::filesystem::create_directories(scratch_);
  rocksdb::ColumnFamilyMetaData metadata;
  rocks_.GetColumnFamilyMetaData(family_.get(), &metadata);
  for (const auto& level : metadata.levels) {
    for (const auto& file : level.files) ranges_.emplace(file.smallestkey, file.largestkey);
  }
}

BulkRows::~BulkRows() {
  std::error_code ignored;
  for (const auto& file : files_) std::filesystem::remove(file.path, ignored);
}

Rows& BulkRows::lane(std::size_t number) { return *lanes_[number]; }

std::size_t BulkRows::bytes() const {
  std::size_t bytes = 0;
  for (const auto& lane : lanes_) bytes += lane->bytes();
  return bytes;
}

void BulkRows::abandon() {
  for (const auto& lane : lanes_) lane->abandon();
}

bool BulkRows::is_read_back() const {
  return std::ranges::any_of(lanes_, [](const auto& lane) { return lane->is_read_back(); });
}

std::string BulkRows::next_path() {
  return (scratch_ / (family_->GetName() + "." + std::to_string(++file_number_))).string();
}

/// Files that lie over none before them go where they stay for good, and need never be merged. So a file ends
/// where one that is there already would come to lie inside it, and where another table of the view begins:
/// most tables grow at their ends.
std::size_t BulkRows::sort() {
  for (const auto& lane : lanes_) {
    auto changes = lane->take_changes();
    if (changes_.empty()) {
      changes_ = std::move(changes);
    } else {
      changes_.insert(changes_.end(), changes.begin(), changes.end());
    }
  }
  std::erase_if(changes_, [](const Change& change) { return change.fate == Fate::nothing; });
  sort_by_key(changes_);
  files_.push_back({next_path(), 0, 0});  // of the progress alone, which comes before every row
  char table = kProgressKey[0];
  std::size_t in_file = 0;
  auto range = ranges_.begin();  // the next one that begins after the row before
  for (std::size_t i = 0; i < changes_.size(); ++i) {
    auto key = changes_[i].key();
    bool is_over = key[0] != table || in_file > kFileBytes;
    for (; range != ranges_.end() && range->first < key; ++range) is_over = is_over || range->second < key;
    if (is_over) {
      files_.push_back({next_path(), i, i});
      in_file = 0;
    }
    files_.back().last = i + 1;
    in_file += key.size() + changes_[i].value_size;
    table = key[0];
  }
  return files_.size();
}

void BulkRows::write_file(std::size_t number) const {
  const auto& file = files_[number];
  rocksdb::EnvOptions steadily;  // all at once would keep the log's writes waiting
  steadily.bytes_per_sync = kSteadyBytes;
  rocksdb::SstFileWriter writer(steadily, file_options_, family_.get(), /*invalidate_page_cache=*/false);
  must(writer.Open(file.path));
  if (number == 0) must(writer.Put(kProgressKey, std::to_string(folded_.value)));
  for (auto i = file.first; i < file.last; ++i) {
    const auto& change = changes_[i];
    must(change.fate == Fate::erase ? writer.Delete(slice(change.key()))
                                    : writer.Put(slice(change.key()), slice(change.value())));
  }
  must(writer.Finish());
}

rocksdb::IngestExternalFileArg BulkRows::written_files() const {
  rocksdb::IngestExternalFileArg taken;
  taken.column_family = family_.get();
  for (const auto& file : files_) taken.external_files.push_back(file.path);
  taken.options.move_files = true;
  taken.options.write_global_seqno = false;
  return taken;
}

void BulkRows::handed_over() {
  for (const auto& file : files_) {
    if (file.first < file.last) ranges_.emplace(changes_[file.first].key(), changes_[file.last - 1].key());
  }
  files_.clear();
  changes_.clear();
  for (const auto& lane : lanes_) lane->forget();
  stored_ = folded_;
}

Position BulkRows::progress_in(rocksdb::DB& rocks, rocksdb::ColumnFamilyHandle& family) {
  std::string text;
  auto status = rocks.Get({}, &family, kProgressKey, &text);
  if (status.IsNotFound()) return {};
  Position position;
  auto end = text.data() + text.size();
  if (!status.ok() || std::from_chars(text.data(), end, position.value).ptr != end)
    throw std::runtime_error("how far a view is built cannot be read: " + status.ToString());
  return position;
}

void BulkRows::put_progress(rocksdb::WriteBatch& batch, rocksdb::ColumnFamilyHandle& family,
                            Position position) {
  batch.Put(&family, kProgressKey, std::to_string(position.value));
}

void BulkRows::remove_progress(rocksdb::WriteBatch& batch, rocksdb::ColumnFamilyHandle& family) {
  batch.Delete(&family, kProgressKey);
}

bool BulkRows::is_row(std::string_view key) { return key != kProgressKey; }

}  // namespace byline
