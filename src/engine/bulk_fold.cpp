#include "engine/bulk_fold.hpp"

#include <algorithm>
#include <stdexcept>

#include "engine/fold.hpp"

namespace byline {
namespace {

constexpr std::size_t kStretch = 4096;        ///< entries
constexpr std::size_t kDecodedParts = 4;      ///< of a stretch, each a task of its own
constexpr std::size_t kViewBytes = 24 << 20;  ///< of rows in memory

}  // namespace

void BulkFold::add(View view, Family family, const std::filesystem::path& scratch) {
  auto rows = std::make_unique<BulkRows>(database_.rocks(), family, scratch);
  targets_.push_back({view, std::move(family), std::move(rows)});
}

void BulkFold::read(LogCursor& cursor, Position end, Stretch& stretch) const {
  stretch.bytes.resize(kStretch);
  stretch.entries.resize(kStretch);
  stretch.size = 0;
  for (; stretch.size < kStretch && stretch.first.value + stretch.size <= end.value; ++stretch.size) {
    Position expected{stretch.first.value + stretch.size};
    if (!cursor.next() || cursor.position() != expected)
      throw std::runtime_error("The log has a gap: position " + std::to_string(expected.value) +
                               " is missing.");
    stretch.bytes[stretch.size] = cursor.bytes();
  }
}

void BulkFold::decode_part(Stretch& stretch, std::size_t part, std::size_t parts) {
  for (auto i = stretch.size * part / parts; i < stretch.size * (part + 1) / parts; ++i)
    stretch.entries[i] = decode_at({stretch.first.value + i}, stretch.bytes[i], keys_[part]);
}

void BulkFold::fold(Target& target, const Stretch& stretch) const {
  const auto& projection = database_.views()[target.view];
  for (std::size_t i = 0; i < stretch.size && !target.failure; ++i) {
    const auto& entry = stretch.entries[i];
    if (entry.position <= target.rows->folded()) continue;
    try {
      projection.apply(entry, *target.rows);
      target.rows->folded(entry.position);
    } catch (const std::exception& error) {
      target.failure = Stall{entry.position, error.what()};
    }
  }
  if (target.rows->bytes() > kViewBytes) target.rows->flush();
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
  if (keys_.empty()) {
    for (std::size_t part = 0; part < kDecodedParts; ++part) keys_.push_back(database_.subject_keys());
  }
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
    for (auto& target : targets_) {
      if (folding.size > 0 && !target.failure)
        tasks.emplace_back([this, &target, &folding] { fold(target, folding); });
    }
    crew_.run(tasks);
    next.value += reading.size;
    if (folding.size == 0) continue;
    folded.value = folding.first.value + folding.size - 1;
    folding.size = 0;
    bool all_failed =
        std::ranges::all_of(targets_, [](const Target& target) { return target.failure.has_value(); });
    if (all_failed || !go_on(folded)) return;
  }
}

void BulkFold::flush() {
  Crew::Tasks tasks;
  for (auto& target : targets_) {
    if (!target.failure) tasks.emplace_back([&target] { target.rows->flush(); });
  }
  crew_.run(tasks);
}

}  // namespace byline
