#include "engine/bulk_rows.hpp"

#include <rocksdb/sst_file_writer.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <tuple>

#include "engine/rocks_options.hpp"

namespace byline {
namespace {

/// Before every key of a view: those begin with a letter.
const std::string kProgressKey("\0progress", 9);
constexpr std::size_t kRowOverhead = 96;  ///< bytes of memory, beside key and value
constexpr std::uint64_t kFileBytes = 64 << 20;

void must(const rocksdb::Status& status) {
  if (!status.ok()) throw std::runtime_error("rows cannot be written: " + status.ToString());
}

}  // namespace

BulkRows::BulkRows(rocksdb::DB& rocks, Family family, std::filesystem::path scratch)
    : rocks_(rocks),
      family_(std::move(family)),
      scratch_(std::move(scratch)),
      file_options_(rocksdb::DBOptions(rocks.GetDBOptions()), rocks.GetOptions(family_.get())),
      folded_(progress_in(rocks, *family_)),
      is_empty_(folded_ == Position{}) {
  std::filesystem::create_directories(scratch_);
  rocksdb::ColumnFamilyMetaData metadata;
  rocks_.GetColumnFamilyMetaData(family_.get(), &metadata);
  for (const auto& level : metadata.levels) {
    for (const auto& file : level.files) files_.emplace(file.smallestkey, file.largestkey);
  }
}

std::optional<std::string> BulkRows::get(std::string_view key) {
  if (auto found = changed_.find(std::string(key)); found != changed_.end()) return found->second;
  if (is_empty_) return std::nullopt;
  std::string value;
  auto status = rocks_.Get({}, family_.get(), rocksdb::Slice(key.data(), key.size()), &value);
  if (status.IsNotFound()) return std::nullopt;
  if (!status.ok()) throw std::runtime_error("a view cannot be read: " + status.ToString());
  return value;
}

void BulkRows::put(std::string_view key, std::string value) {
  bytes_ += key.size() + value.size() + kRowOverhead;
  changed_.insert_or_assign(std::string(key), std::move(value));
}

void BulkRows::erase(std::string_view key) {
  if (is_empty_) {
    changed_.erase(std::string(key));
  } else {
    bytes_ += key.size() + kRowOverhead;
    changed_.insert_or_assign(std::string(key), std::nullopt);
  }
}

void BulkRows::insert(std::string_view key, std::string value) { put(key, std::move(value)); }

void BulkRows::add(std::string_view key, std::string_view value) {
  bytes_ += key.size() + value.size() + kRowOverhead;
  added_.emplace_back(key, value);
}

std::vector<BulkRows::Change> BulkRows::sorted_changes() const {
  std::vector<Change> changes;
  changes.reserve(changed_.size() + added_.size());
  for (const auto& [key, value] : changed_) changes.push_back({key, value ? &*value : nullptr});
  for (const auto& [key, value] : added_) changes.push_back({key, &value});
  // Of what was added twice under one key the last counts: it stands behind the other in memory too.
  std::ranges::sort(changes, [](const Change& left, const Change& right) {
    return std::tie(left.key, left.value) < std::tie(right.key, right.value);
  });
  auto last = std::ranges::unique(changes.rbegin(), changes.rend(), {}, &Change::key);
  changes.erase(changes.begin(), last.begin().base());
  return changes;
}

/// Whether a file of the database holds nothing but keys between these two.
bool BulkRows::lies_between(std::string_view before, std::string_view after) const {
  auto file = files_.upper_bound(std::string(before));
  return file != files_.end() && file->second < after;
}

/// Files that lie over none before them go where they stay for good, and need never be merged. So a file ends
/// where one that is there already would come to lie inside it, and where another table of the view begins:
/// most tables grow at their ends.
void BulkRows::flush() {
  if (changed_.empty() && added_.empty() && folded_ == progress_in(rocks_, *family_)) return;
  std::vector<std::string> paths;
  std::vector<std::pair<std::string, std::string>> ranges;
  rocksdb::SstFileWriter writer(rocksdb::EnvOptions(), file_options_, family_.get());
  auto begin = [&] {
    paths.push_back((scratch_ / (family_->GetName() + "." + std::to_string(++file_number_))).string());
    must(writer.Open(paths.back()));
  };
  auto finish = [&] {
    rocksdb::ExternalSstFileInfo written;
    must(writer.Finish(&written));
    ranges.emplace_back(written.smallest_key, written.largest_key);
  };
  begin();
  must(writer.Put(kProgressKey, std::to_string(folded_.value)));
  std::string_view before = kProgressKey;
  for (const auto& change : sorted_changes()) {
    if (change.key[0] != before[0] || writer.FileSize() > kFileBytes || lies_between(before, change.key)) {
      finish();
      begin();
    }
    rocksdb::Slice key(change.key.data(), change.key.size());
    must(change.value ? writer.Put(key, *change.value) : writer.Delete(key));
    before = change.key;
  }
  finish();
  rocksdb::IngestExternalFileOptions taking;
  taking.move_files = true;
  taking.write_global_seqno = false;
  must(rocks_.IngestExternalFile(family_.get(), paths, taking));
  files_.insert(ranges.begin(), ranges.end());
  changed_.clear();
  added_.clear();
  bytes_ = 0;
  is_empty_ = false;
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
