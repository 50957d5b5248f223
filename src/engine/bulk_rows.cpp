#include "engine/bulk_rows.hpp"

#include <algorithm>
#include <array>
#include <boost/unordered/unordered_flat_set.hpp>
#include <charconv>
#include <memory_resource>
#include <numeric>
#include <optional>
#include <span>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "engine/crew.hpp"
#include "engine/text_hash.hpp"

namespace byline {
namespace {

/// Before every key of a view: those begin with a letter.
const std::string kProgressKey("\0progress", 9);
constexpr std::size_t kChangeBytes = 40;  ///< of memory, beside key and value
constexpr std::size_t kPlaceBytes = 16;   ///< more, where it can be found again
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
  /// What there is to do, once no row is open.
  const std::vector<Change*>& changes() const { return changes_; }

  std::optional<std::string> get(std::string_view key) override {
    close(key);
    read_ = find(key);
    if (const auto* change = read_)
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
    set_value(change_of(key, value.size()), value);
  }
  void erase(std::string_view key) override {
    close(key);
    auto& change = change_of(key, 0);
    change.fate = change.is_fresh ? Fate::nothing : Fate::erase;
  }
  void insert(std::string_view key, std::string value) override {
    close(key);
    auto before = changes_.size();
    auto& change = change_of(key, value.size());
    change.is_fresh = change.is_fresh || changes_.size() > before;
    set_value(change, value);
  }
  void add(std::string_view key, std::string_view value) override {
    set_value(new_change(key, value.size()), value);
  }
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
  void close() {
    if (auto row = std::move(open_)) {
      auto bytes = row->bytes();
      set_value(change_of(row->key(), bytes.size()), bytes);
    }
  }
  void forget() {
    open_.reset();
    places_.clear();
    latest_ = read_ = nullptr;
    changes_.clear();
    arena_.release();
    bytes_ = 0;
  }

 private:
  struct HashOfKey : TextHash {
    using TextHash::operator();
    std::size_t operator()(const Change* change) const { return (*this)(change->key()); }
  };
  struct EqualKeys {
    using is_transparent = void;
    static std::string_view key_of(std::string_view key) { return key; }
    static std::string_view key_of(const Change* change) { return change->key(); }
    bool operator()(const auto& left, const auto& right) const { return key_of(left) == key_of(right); }
  };

  char* take(std::size_t bytes) {
    bytes_ += bytes;
    return static_cast<char*>(arena_.allocate(bytes, alignof(Change)));
  }
  void close(std::string_view key) {
    if (open_ && open_->key() == key) close();
  }
  /// `room`: for its value.
  Change& new_change(std::string_view key, std::size_t room) {
    auto* bytes = take(sizeof(Change) + key.size() + room);
    auto* change = new (bytes) Change{.value_bytes = bytes + sizeof(Change) + key.size(),
                                      .key_size = static_cast<std::uint32_t>(key.size()),
                                      .value_room = static_cast<std::uint32_t>(room)};
    key.copy(bytes + sizeof(Change), key.size());
    bytes_ += sizeof(Change*);
    return *changes_.emplace_back(change);
  }
  /// The change of a row that may be read or changed; nullptr where there is none yet. Most often it is that
  /// of the row before, or the one that was read last: a fold reads a row, changes what goes with it, and
  /// writes it, and a command has several events about one thing.
  Change* find(std::string_view key) {
    for (auto* known : {latest_, read_}) {
      if (known && known->key() == key) return known;
    }
    auto found = places_.find(key);
    return found == places_.end() ? nullptr : latest_ = *found;
  }
  Change& change_of(std::string_view key, std::size_t room) {
    if (auto* known = find(key)) return *known;
    latest_ = &new_change(key, room);
    latest_->is_fresh = all_.stored_ == Position{};
    places_.insert(latest_);
    bytes_ += kPlaceBytes;
    return *latest_;
  }
  static_assert(std::is_trivially_destructible_v<Change>);
  void set_value(Change& change, std::string_view value) {
    change.fate = Fate::put;
    change.value_size = static_cast<std::uint32_t>(value.size());
    if (value.size() > change.value_room) {
      change.value_bytes = take(value.size());
      change.value_room = change.value_size;
    }
    value.copy(change.value_bytes, value.size());
  }

  const BulkRows& all_;
  std::pmr::monotonic_buffer_resource arena_;
  std::vector<Change*> changes_;
  boost::unordered_flat_set<Change*, HashOfKey, EqualKeys> places_;  ///< those that may be read or changed
  Change *latest_ = nullptr, *read_ = nullptr;                       ///< two of them
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
  for (const auto& lane : lanes_) lane->forget();
}

bool BulkRows::is_read_back() const {
  return std::ranges::any_of(lanes_, [](const auto& lane) { return lane->is_read_back(); });
}

std::string BulkRows::next_path() {
  return (scratch_ / (family_->GetName() + "." + std::to_string(++file_number_))).string();
}

std::vector<std::size_t> BulkRows::gather() {
  constexpr std::size_t kTables = 256;  // a key's first byte says of which it is
  auto table_of = [](const Change& change) { return static_cast<unsigned char>(change.key()[0]); };
  std::array<std::size_t, kTables> counts{};
  for (const auto& lane : lanes_) {
    lane->close();
    for (const auto* change : lane->changes()) {
      if (change->fate != Fate::nothing) ++counts[table_of(*change)];
    }
  }
  std::array<std::size_t, kTables> next{};
  std::exclusive_scan(counts.begin(), counts.end(), next.begin(), std::size_t(0));
  changes_.resize(next.back() + counts.back());
  for (const auto& lane : lanes_) {
    for (const auto* change : lane->changes()) {
      if (change->fate != Fate::nothing) changes_[next[table_of(*change)]++].keyed = change;
    }
  }
  tables_.assign(counts.begin(), counts.end());
  std::erase(tables_, 0U);
  return tables_;
}

void BulkRows::sort(std::size_t table) {
  auto first = std::accumulate(tables_.begin(), tables_.begin() + static_cast<std::ptrdiff_t>(table), 0UZ);
  sort_by_key(std::span(changes_).subspan(first, tables_[table]));
}

/// Files that lie over none before them go where they stay for good, and need never be merged. So a file ends
/// where one that is there already would come to lie inside it, and where another table of the view begins:
/// most tables grow at their ends.
std::size_t BulkRows::cut() {
  files_.push_back({next_path(), 0, 0});  // of the progress alone, which comes before every row
  char table = kProgressKey[0];
  std::size_t in_file = 0, place = 0;
  auto range = ranges_.begin();  // the next one that begins after the row before
  for_each_keyed(std::span(changes_), [&](const KeyPart<Change>& part) {
    auto key = part.keyed->key();
    bool is_over = key[0] != table || in_file > kFileBytes;
    for (; range != ranges_.end() && range->first < key; ++range) is_over = is_over || range->second < key;
    if (is_over) {
      files_.push_back({next_path(), place, place});
      in_file = 0;
    }
    files_.back().last = ++place;
    in_file += key.size() + part.keyed->value_size;
    table = key[0];
  });
  return files_.size();
}

void BulkRows::write_file(std::size_t number) const {
  const auto& file = files_[number];
  rocksdb::EnvOptions steadily;  // all at once would keep the log's writes waiting
  steadily.bytes_per_sync = kSteadyBytes;
  rocksdb::SstFileWriter writer(steadily, file_options_, family_.get(), /*invalidate_page_cache=*/false);
  must(writer.Open(file.path));
  if (number == 0) must(writer.Put(kProgressKey, std::to_string(folded_.value)));
  std::size_t rows = 0;
  for_each_keyed(changes_of(file), [&](const KeyPart<Change>& part) {
    if (rows++ % 128 == 0) let_others_on();
    const auto& change = *part.keyed;
    must(change.fate == Fate::erase ? writer.Delete(slice(change.key()))
                                    : writer.Put(slice(change.key()), slice(change.value())));
  });
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
    auto rows = changes_of(file);
    if (!rows.empty()) ranges_.emplace(rows.front().keyed->key(), rows.back().keyed->key());
  }
  files_.clear();
  tables_.clear();
  changes_ = {};
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
