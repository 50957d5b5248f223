#include "engine/rebuild.hpp"

#include <spdlog/spdlog.h>

#include <chrono>
#include <memory>

#include "engine/fold.hpp"

namespace byline {
namespace {

std::string hex(const rocksdb::Slice& bytes) { return bytes.ToString(true); }

/// Walks both families side by side. The error says why one cannot be read.
std::expected<void, std::string> compare(rocksdb::DB& rocks, rocksdb::ColumnFamilyHandle* before,
                                         rocksdb::ColumnFamilyHandle* after, RebuildReport& report) {
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
  for (const auto& status : {left->status(), right->status()}) {
    if (!status.ok()) return std::unexpected("The rows of a view cannot be read: " + status.ToString() + ".");
  }
  return {};
}

}  // namespace

std::expected<RebuildReport, std::string> rebuild_view(Database& database, View view) {
  auto started = std::chrono::steady_clock::now();
  auto index = static_cast<std::size_t>(view);
  ViewState next{database.view_states()[index].generation + 1, projections()[index]->version(),
                 database.log().tail()};
  auto fresh = database.create_generation(view, next.generation);
  if (!fresh) return std::unexpected(fresh.error());
  if (auto folded = fold_view(database, view, *fresh); !folded) {
    database.drop_generation(*fresh);
    return std::unexpected(folded.error());
  }
  RebuildReport report{view, next.checkpoint, 0, true, {}, 0};
  if (auto compared = compare(database.rocks(), database.rows(view), *fresh, report); !compared) {
    database.drop_generation(*fresh);
    return std::unexpected(compared.error());
  }
  if (auto swapped = database.swap_generation(view, *fresh, next); !swapped) {
    return std::unexpected(swapped.error());
  }
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  return report;
}

std::expected<void, std::string> catch_up_views(Database& database) {
  for (const auto* projection : projections()) {
    const auto& state = database.view_states()[static_cast<std::size_t>(projection->view())];
    if (state.checkpoint == database.log().tail() && state.version == projection->version()) continue;
    auto rebuilt = rebuild_view(database, projection->view());
    if (!rebuilt) return std::unexpected(rebuilt.error());
    spdlog::info("the view {} was built anew: {} rows at position {}", name_of(projection->view()),
                 rebuilt->rows, rebuilt->checkpoint.value);
  }
  return {};
}

}  // namespace byline
