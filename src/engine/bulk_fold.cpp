#include "engine/bulk_fold.hpp"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <stdexcept>

#include "engine/fold.hpp"

namespace byline {
namespace {

constexpr std::size_t kDecodedParts = 4;  ///< of a stretch, each a task of its own

/// An eighth of the memory that the machine has, or the container; but no more than is of use.
std::size_t usual_row_bytes() {
  constexpr std::uint64_t kMost = 512 << 20;
  auto memory = UINT64_MAX;
  auto pages = ::sysconf(_SC_PHYS_PAGES), page = ::sysconf(_SC_PAGESIZE);
  if (pages > 0 && page > 0) memory = static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(page);
  std::uint64_t allowed = 0;  // "max" is no number
  if (std::ifstream("/sys/fs/cgroup/memory.max") >> allowed) memory = std::min(memory, allowed);
  return std::min(kMost, memory / 8);
}

}  // namespace

BulkFold::Limits BulkFold::usual_limits() {
  static const auto kRowBytes = usual_row_bytes();
  return {.row_bytes = kRowBytes, .stretch = 4096, .unstored = 4 << 20};
}

void BulkFold::add(View view, Family family, const std::filesystem::path& scratch) {
  auto lanes = database_.views()[view].lane_of() ? crew_.size() : 1;
  auto rows = std::make_unique<BulkRows>(database_.rocks(), family, lanes, scratch);
  for (std::size_t number = 0; number < lanes; ++number) lanes_.push_back({targets_.size(), number});
  targets_.push_back({view, std::move(family), std::move(rows)});
}

void BulkFold::read(LogCursor& cursor, Position end, Stretch& stretch) const {
  stretch.bytes.clear();
  std::size_t bytes = 0;
  for (auto at = stretch.first;
       at <= end && stretch.bytes.size() < limits_.stretch && bytes < limits_.stretch_bytes; ++at.value)
    bytes += stretch.bytes.emplace_back(next_at(cursor, at)).size();
  stretch.size = stretch.bytes.size();
  stretch.entries.clear();
  stretch.entries.resize(stretch.size);
}

void BulkFold::decode_part(Stretch& stretch, std::size_t part, std::size_t parts) const {
  for (auto i = stretch.size * part / parts; i < stretch.size * (part + 1) / parts; ++i) {
    if (i % 64 == 0) let_others_on();
    stretch.entries[i] = decode_at({stretch.first.value + i}, stretch.bytes[i], keys_);
  }
}

void BulkFold::fold(Lane& lane, const Stretch& stretch) const {
  auto started = std::chrono::steady_clock::now();
  auto& target = targets_[lane.target];
  const auto& projection = database_.views()[target.view];
  OngoingFold on{projection, target.rows->lane(lane.number), target.rows->folded()};
  auto lanes = target.rows->lanes();
  auto lane_of = projection.lane_of();
  for (std::size_t i = 0; i < stretch.size; ++i) {
    if (i % 256 == 0) let_others_on();
    const auto& entry = stretch.entries[i];
    if (lanes == 1 || lane_of(entry) % lanes == lane.number) on.take(entry);
  }
  lane.failure = std::move(on.failure);
  lane.took += std::chrono::steady_clock::now() - started;
}

/// Every lane has folded the stretch, or has failed in it.
void BulkFold::settle(const Stretch& stretch) {
  for (const auto& lane : lanes_) {
    if (!lane.failure) continue;
    auto& target = targets_[lane.target];
    if (!target.failure) target.rows->abandon();
    if (!target.failure || lane.failure->position < target.failure->position) target.failure = lane.failure;
  }
  Position last{stretch.first.value + stretch.size - 1};
  for (auto& target : targets_) {
    if (!target.failure) target.rows->folded(std::max(target.rows->folded(), last));
  }
}

/// Those that are folded on. Begun in this order, they end at about the same time.
std::vector<BulkFold::Lane*> BulkFold::longest_first() {
  std::vector<Lane*> ordered;
  ordered.reserve(lanes_.size());
  for (auto& lane : lanes_) {
    if (!targets_[lane.target].failure) ordered.push_back(&lane);
  }
  std::ranges::sort(ordered, std::greater(), &Lane::took);
  return ordered;
}

Position BulkFold::folded() const {
  Position folded{UINT64_MAX};
  for (const auto& target : targets_) {
    if (!target.failure) folded = std::min(folded, target.rows->folded());
  }
  return folded;
}

void BulkFold::run(Position end, const std::function<bool(Position)>& go_on) {
  auto folded = this->folded();
  auto cursor = database_.log().read(folded);
  // Three at a time: one is read, the one before it decoded, and the one before that folded.
  Stretch stretches[3];
  Position next{folded.value + 1};
  for (std::size_t round = 0; folded < end; ++round) {
    auto& reading = stretches[round % 3];
    auto& decoding = stretches[(round + 2) % 3];
    auto& folding = stretches[(round + 1) % 3];
    reading.first = next;
    Crew::Tasks tasks;
    tasks.emplace_back([&] { read(*cursor, end, reading); });
    for (std::size_t part = 0; part < kDecodedParts && decoding.size > 0; ++part)
      tasks.emplace_back([&, part] { decode_part(decoding, part, kDecodedParts); });
    for (auto* lane : longest_first()) {
      if (folding.size > 0) tasks.emplace_back([this, lane, &folding] { fold(*lane, folding); });
    }
    crew_.run(tasks);
    if (folding.size > 0) settle(folding);
    make_room();
    next.value += reading.size;
    if (folding.size == 0) continue;
    folded.value = folding.first.value + folding.size - 1;
    folding.size = 0;
    bool all_failed =
        std::ranges::all_of(targets_, [](const Target& target) { return target.failure.has_value(); });
    if (all_failed || !go_on(folded)) return;
  }
}

/// What is never read back goes first, such as the audit's index; the rest only where that is not enough for
/// a while, or a crash would cost too much.
void BulkFold::make_room() {
  std::size_t all = 0, read_back = 0;
  auto stored = folded();
  for (const auto& target : targets_) {
    if (target.failure) continue;
    all += target.rows->bytes();
    if (target.rows->is_read_back()) read_back += target.rows->bytes();
    stored = std::min(stored, target.rows->stored());
  }
  if (folded().value - stored.value > limits_.unstored) return flush();
  if (all <= limits_.row_bytes) return;
  bool is_enough = read_back <= limits_.row_bytes / 4 * 3;
  flush([is_enough](const Target& target) { return !is_enough || !target.rows->is_read_back(); });
}

void BulkFold::flush() {
  flush([](const Target&) { return true; });
}

void BulkFold::flush(const std::function<bool(const Target&)>& is_meant) {
  std::vector<Target*> targets;
  for (auto& target : targets_) {
    if (!target.failure && target.rows->has_news() && is_meant(target)) targets.push_back(&target);
  }
  if (targets.empty()) return;
  std::vector<std::vector<std::size_t>> tables(targets.size());
  Crew::Tasks gathering;
  for (std::size_t i = 0; i < targets.size(); ++i)
    gathering.emplace_back([&, i] { tables[i] = targets[i]->rows->gather(); });
  crew_.run(gathering);
  struct Table {
    BulkRows* rows;
    std::size_t number, size;
  };
  std::vector<Table> all_tables;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    for (std::size_t number = 0; number < tables[i].size(); ++number)
      all_tables.push_back({targets[i]->rows.get(), number, tables[i][number]});
  }
  // Begun in this order, they end at about the same time.
  std::ranges::sort(all_tables, std::greater(), &Table::size);
  Crew::Tasks sorting;
  for (const auto& table : all_tables) sorting.emplace_back([&table] { table.rows->sort(table.number); });
  crew_.run(sorting);
  std::vector<std::size_t> files(targets.size());
  Crew::Tasks cutting;
  for (std::size_t i = 0; i < targets.size(); ++i)
    cutting.emplace_back([&, i] { files[i] = targets[i]->rows->cut(); });
  crew_.run(cutting);
  Crew::Tasks writing;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    for (std::size_t number = files[i]; number-- > 0;)
      writing.emplace_back([rows = targets[i]->rows.get(), number] { rows->write_file(number); });
  }
  crew_.run(writing);
  // The writer waits while they are taken: one view after the other, it never waits long.
  for (auto* target : targets) {
    if (auto status = database_.rocks().IngestExternalFiles({target->rows->written_files()}); !status.ok())
      throw std::runtime_error("rows cannot be written: " + status.ToString());
    target->rows->handed_over();
  }
}

}  // namespace byline
