#include "engine/rebuild.hpp"

#include <chrono>
#include <memory>

#include "engine/fold.hpp"

namespace byline {
namespace {

std::string hex(const rocksdb::Slice& bytes) { return bytes.ToString(true); }

/// Walks both families side by side.
void compare(rocksdb::DB& rocks, rocksdb::ColumnFamilyHandle* before, rocksdb::ColumnFamilyHandle* after,
             RebuildReport& report) {
  std::unique_ptr<rocksdb::Iterator> left(rocks.NewIterator({}, before));
  std::unique_ptr<rocksdb::Iterator> right(rocks.NewIterator({}, after));
  left->SeekToFirst();
  right->SeekToFirst();
  for (; left->Valid() && right->Valid(); left->Next(), right->Next()) {
    if (left->key() != right->key() || left->value() != right->value()) break;
    ++report.rows;
  }
  if (left->Valid() || right->Valid()) {
    report.identical = false;
    bool take_left = left->Valid() && (!right->Valid() || left->key().compare(right->key()) <= 0);
    report.first_difference = hex(take_left ? left->key() : right->key());
    for (; right->Valid(); right->Next()) ++report.rows;
  }
}

}  // namespace

std::expected<RebuildReport, std::string> rebuild_view(Database& database, View view) {
  auto started = std::chrono::steady_clock::now();
  auto index = static_cast<std::size_t>(view);
  ViewState next{database.view_states()[index].generation + 1, projections()[index]->version(),
                 database.log().tail()};
  auto fresh = database.create_generation(view, next.generation);
  if (!fresh) return std::unexpected(fresh.error());
  if (auto folded = fold_view(database, view, *fresh, Position{}); !folded) {
    database.drop_generation(*fresh);
    return std::unexpected(folded.error());
  }
  RebuildReport report{view, next.checkpoint, 0, true, {}, 0};
  compare(database.rocks(), database.rows(view), *fresh, report);
  if (auto swapped = database.swap_generation(view, *fresh, next); !swapped) {
    return std::unexpected(swapped.error());
  }
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  return report;
}

}  // namespace byline
